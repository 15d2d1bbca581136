//! How did it go over time? Drawings over the same steps, and their numbers as a table.

use super::View;
use super::format::{Format, escape};
use super::svg::{Chart, Series};
use crate::reports::{Asked, Point, Report};

/// What came in, what was done, what is left.
pub(super) fn section(report: &Report, asked: &Asked, view: &View) -> String {
    let texts = view.texts();
    let drawings = Drawings::of(report, asked, view);
    let volume = drawings.chart(
        "volume",
        texts.volume,
        vec![
            drawings.series("series-1", texts.answered, |point| point.answered),
            drawings.series("series-2", texts.talked, |point| point.talked),
            drawings.series("series-4", texts.handed_over, |point| point.escalated),
            drawings.series("series-6", texts.to_people, |point| point.to_people),
        ],
    );
    let tickets = drawings.chart(
        "tickets",
        texts.tickets,
        vec![
            drawings.series("series-4", texts.opened, |point| point.opened),
            drawings.series("series-3", texts.resolved, |point| point.resolved),
        ],
    );
    let open = vec![drawings.series("series-1", texts.open, |point| point.open)];
    let backlog = drawings.chart("backlog", texts.open, open);
    format!(
        "<section aria-labelledby=\"over-time\"><h2 id=\"over-time\">{}</h2>\
         <div class=\"charts\">{}{}{}</div>{}</section>\n",
        texts.over_time,
        figure("wide", texts.volume, "", &volume, &volume.stacked()),
        figure("", texts.tickets, "", &tickets, &tickets.grouped()),
        figure("", texts.open, "", &backlog, &backlog.area()),
        table(drawings.points, &drawings.steps, view),
    )
}

/// Mood of the messages beside the ratings.
pub(super) fn feeling(report: &Report, asked: &Asked, view: &View) -> String {
    let texts = view.texts();
    let drawings = Drawings::of(report, asked, view);
    let mood = drawings.chart(
        "mood",
        texts.mood,
        vec![
            drawings.series("mood-bad", texts.negative, |point| point.moods[0]),
            drawings.series("mood-calm", texts.neutral, |point| point.moods[1]),
            drawings.series("mood-good", texts.positive, |point| point.moods[2]),
        ],
    );
    format!(
        "<section aria-labelledby=\"feeling\"><h2 id=\"feeling\">{}</h2>\
         <div class=\"charts\">{}{}</div></section>\n",
        texts.feeling,
        figure("", texts.mood, texts.mood_means, &mood, &mood.shares()),
        super::tables::ratings(report, view),
    )
}

/// The steps that all drawings share.
struct Drawings<'a> {
    points: &'a [Point],
    steps: Vec<(String, String)>,
    format: Format,
}

impl<'a> Drawings<'a> {
    fn of(report: &'a Report, asked: &Asked, view: &View) -> Self {
        let (points, format) = (report.timeline.as_slice(), view.format());
        let steps = points.iter().map(|point| format.step(point.start, &asked.period)).collect();
        Self { points, steps, format }
    }

    fn series<'t>(
        &self,
        class: &'static str,
        name: &'t str,
        value: fn(&Point) -> usize,
    ) -> Series<'t> {
        Series { class, name, values: self.points.iter().map(value).collect() }
    }

    fn chart<'t>(&'t self, id: &'static str, title: &'t str, series: Vec<Series<'t>>) -> Chart<'t> {
        Chart { id, title, steps: &self.steps, series, format: self.format }
    }
}

/// A drawing with its title and legend.
pub(crate) fn figure(
    class: &str,
    title: &str,
    means: &str,
    chart: &Chart,
    drawing: &str,
) -> String {
    let legend: Vec<String> = if chart.series.len() < 2 {
        Vec::new()
    } else {
        let entry = |series: &Series| {
            format!(
                "<li><svg width=\"10\" height=\"10\" aria-hidden=\"true\"><rect class=\"{}\" \
                 width=\"10\" height=\"10\" rx=\"2\"/></svg>{}</li>",
                series.class,
                escape(series.name)
            )
        };
        chart.series.iter().map(entry).collect()
    };
    let legend = if legend.is_empty() {
        String::new()
    } else {
        format!("<ul class=\"legend\">{}</ul>", legend.concat())
    };
    let means = if means.is_empty() {
        String::new()
    } else {
        format!("<p class=\"muted small\">{means}</p>")
    };
    format!(
        "<figure class=\"panel {class}\"><figcaption><h3>{title}</h3>{legend}</figcaption>\
         {means}{drawing}</figure>"
    )
}

/// The numbers of all drawings.
fn table(points: &[Point], steps: &[(String, String)], view: &View) -> String {
    let (texts, format) = (view.texts(), view.format());
    let header = [
        texts.messages,
        texts.answered,
        texts.talked,
        texts.handed_over,
        texts.to_people,
        texts.messages_note,
        texts.opened,
        texts.resolved,
        texts.open,
        texts.negative,
        texts.neutral,
        texts.positive,
    ];
    let header = header.map(|name| format!("<th scope=\"col\">{name}</th>")).concat();
    let rows: Vec<String> = points
        .iter()
        .zip(steps)
        .map(|(point, (_, long))| {
            let cells = [
                point.messages,
                point.answered,
                point.talked,
                point.escalated,
                point.to_people,
                point.conversations,
                point.opened,
                point.resolved,
                point.open,
                point.moods[0],
                point.moods[1],
                point.moods[2],
            ];
            let cells = cells.map(|count| format!("<td>{}</td>", format.count(count))).concat();
            format!("<tr><th scope=\"row\">{}</th>{cells}</tr>", escape(long))
        })
        .collect();
    format!(
        "<details class=\"data\"><summary>{}</summary>\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}: {}\">\
         <table class=\"figures\"><thead><tr><th scope=\"col\">{}</th>{header}</tr></thead>\
         <tbody>{}</tbody></table></div>{}</details>",
        texts.table,
        texts.over_time,
        texts.table,
        texts.time,
        rows.concat(),
        super::tables::csv_link("timeline", view),
    )
}

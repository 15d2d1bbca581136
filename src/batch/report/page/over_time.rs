//! How many messages came when, and in which mood?

use super::View;
use crate::batch::report::{Pace, Point, Report};
use crate::reports::page::{Chart, Series, escape, figure, table};

pub(super) fn section(report: &Report, view: View) -> String {
    let View { texts, format, language } = view;
    let Some(timeline) = report.timeline.as_ref().filter(|timeline| timeline.points.len() > 1)
    else {
        return String::new();
    };
    let points = &timeline.points;
    let steps: Vec<(String, String)> =
        points.iter().map(|point| step(point, timeline.pace, view)).collect();
    let series = |class: &'static str, name: &'static str, value: fn(&Point) -> usize| Series {
        class,
        name,
        values: points.iter().map(value).collect(),
    };
    let chart = |id, title, series| Chart { id, title, steps: &steps, series, format };
    let volume = chart(
        "volume",
        texts.volume,
        vec![
            series("series-1", texts.by_bot, |point| point.answered),
            series("series-6", texts.by_people, |point| point.rows - point.answered),
        ],
    );
    let mood = chart(
        "mood",
        texts.mood,
        vec![
            series("mood-bad", texts.mood_negative, |point| point.negative),
            series("mood-calm", texts.mood_neutral, |point| {
                point.rows - point.negative - point.positive
            }),
            series("mood-good", texts.mood_positive, |point| point.positive),
        ],
    );
    let mood = if report.sentiments.is_empty() {
        String::new()
    } else {
        figure("wide", texts.mood, "", &mood, &mood.shares())
    };
    let header = [
        (texts.time, ""),
        (texts.rows, ""),
        (texts.by_bot, ""),
        (texts.mood_negative, ""),
        (texts.mood_positive, ""),
    ];
    let rows: Vec<String> = points
        .iter()
        .zip(&steps)
        .map(|(point, (_, long))| {
            let cells = [point.rows, point.answered, point.negative, point.positive];
            let cells = cells.map(|count| format!("<td>{}</td>", format.count(count))).concat();
            format!("<tr><th scope=\"row\">{}</th>{cells}</tr>", escape(long))
        })
        .collect();
    let notes: Vec<String> = [(report.undated, texts.undated), (timeline.left_out, texts.left_out)]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{} {words}", format.count(count)))
        .collect();
    format!(
        "<section aria-labelledby=\"over-time\"><div class=\"section-head\">\
         <h2 id=\"over-time\">{}</h2><p class=\"muted small\">{}</p></div>\
         <div class=\"charts\">{}{mood}</div>\
         <details class=\"data\"><summary>{}</summary>{}</details></section>\n",
        texts.over_time,
        notes.join(" · "),
        figure("wide", texts.volume, "", &volume, &volume.stacked()),
        texts.table,
        table(texts.over_time, &header, &rows, language),
    )
}

/// A step, short for the axis and long for the table.
fn step(point: &Point, pace: Pace, view: View) -> (String, String) {
    let (format, start) = (view.format, point.start);
    match pace {
        Pace::Day => (format.day(start), format.weekday(start)),
        Pace::Week => {
            (format.day(start), format!("{} {}", view.texts.week_from, format.full_day(start)))
        }
        Pace::Month => {
            let month = start.strftime("%m/%Y").to_string();
            (month.clone(), month)
        }
        Pace::Year => (start.year().to_string(), start.year().to_string()),
    }
}

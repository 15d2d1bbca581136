//! The few figures that are seen first.

use super::View;
use crate::batch::report::Report;
use crate::batch::report::incidents::FEWEST_DAYS;
use crate::domain::Sentiment;
use crate::reports::Share;

use super::texts::fill;

struct Tile {
    class: &'static str,
    name: &'static str,
    value: String,
    note: String,
}

pub(super) fn section(report: &Report, view: View) -> String {
    let tiles: Vec<String> = tiles(report, view)
        .iter()
        .map(|Tile { class, name, value, note }| {
            format!(
                "<li class=\"tile{class}\"><h3>{name}</h3><p class=\"value\">{value}</p>\
                 <p class=\"note\">{note}</p></li>"
            )
        })
        .collect();
    format!(
        "<section aria-labelledby=\"glance\"><h2 id=\"glance\">{}</h2>\
         <ul class=\"tiles\">{}</ul></section>\n",
        view.texts.glance,
        tiles.concat()
    )
}

fn tiles(report: &Report, view: View) -> Vec<Tile> {
    let View { texts, format, .. } = view;
    let share = |name, share: Share| Tile {
        class: "",
        name,
        value: format.share(share),
        note: format!("{} {} {}", format.count(share.part), texts.of, format.count(share.whole)),
    };
    let answers = &report.answers;
    let mut tiles = Vec::new();
    if answers.promise.is_some() || answers.answered.part > 0 {
        tiles.push(Tile { class: " tile-main", ..share(texts.answerable, answers.answered) });
    }
    tiles.extend(answers.minutes.map(|minutes| {
        let hours = minutes.all >= 120.0;
        let (amount, unit) = if hours {
            (minutes.all / 60.0, texts.hours_unit)
        } else {
            (minutes.all, texts.minutes_unit)
        };
        Tile {
            class: "",
            name: texts.hours,
            value: format!("{} <small>{unit}</small>", format.count(amount.round() as usize)),
            note: fill(texts.hours_note, &[format.decimal(minutes.per_ticket)]),
        }
    }));
    tiles.extend(
        report
            .sentiments
            .get(&Sentiment::Negative)
            .map(|negative| share(texts.negative, *negative)),
    );
    let uncovered = Share::of(report.clusters.out_of_scope, report.rows);
    tiles.push(share(texts.uncovered, uncovered));
    tiles.push(share(texts.repeated, report.repeats.rows));
    if report.days.is_some() {
        let found = &report.incidents;
        let (value, note) = if found.days < FEWEST_DAYS {
            ("–".to_owned(), texts.incidents_few_note.to_owned())
        } else if found.incidents.is_empty() {
            (format.count(0), texts.incidents_none_note.to_owned())
        } else {
            let note = format!("{} {}", format.count(found.days), texts.days_note);
            (format.count(found.incidents.len()), note)
        };
        tiles.push(Tile { class: "", name: texts.incidents_tile, value, note });
    }
    tiles
}

//! How is it going, at a glance? What rises, then ten figures with what they were before.

use super::View;
use super::format::{dash, escape};
use super::tables::matter;
use super::texts::Texts;
use crate::reports::{Asked, Report, Share, Totals};

/// Fewer cases than these are not compared: a change among them says nothing.
const FEWEST: usize = 10;

/// Whether more of a figure is better.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Better {
    More,
    Less,
    Neither,
}

/// What comes up far more often than usual.
pub(super) fn rising(report: &Report, asked: &Asked, view: &View) -> String {
    let (texts, format) = (view.texts(), view.format());
    if report.rising.intents.is_empty() {
        return String::new();
    }
    let since = asked.period.zoned(report.rising.since);
    let rows: Vec<String> = report
        .rising
        .intents
        .iter()
        .map(|rise| {
            format!(
                "<li><b>{}</b> <span>{} {} {} {:02}:{:02}, {} {}</span></li>",
                escape(&matter(Some(&rise.intent), view.language)),
                format.count(rise.messages),
                texts.rising_messages,
                texts.rising_since,
                since.hour(),
                since.minute(),
                texts.rising_expected,
                format.decimal(rise.expected),
            )
        })
        .collect();
    format!(
        "<section class=\"alarm\" role=\"status\" aria-labelledby=\"rising\">\
         <h2 id=\"rising\">{}</h2><ul>{}</ul><p>{}</p>\
         <details><summary>{}</summary><p>{}</p></details></section>\n",
        texts.rising,
        rows.concat(),
        texts.rising_incident,
        texts.definitions,
        texts.rising_how
    )
}

/// The tiles, and how each figure is counted.
pub(super) fn figures(report: &Report, view: &View) -> String {
    let texts = view.texts();
    let tiles: Vec<String> = tiles(report, view).into_iter().map(|tile| tile.print(view)).collect();
    let compared = report
        .before
        .as_ref()
        .map_or(String::new(), |_| format!("<p class=\"muted small\">▲ ▼ {}</p>", texts.before));
    format!(
        "<section aria-labelledby=\"figures\"><div class=\"section-head\">\
         <h2 id=\"figures\">{}</h2>{compared}</div><ul class=\"tiles\">{}</ul>\
         <details class=\"means\"><summary>{}</summary><dl>{}</dl></details></section>\n",
        texts.figures,
        tiles.concat(),
        texts.definitions,
        definitions(texts),
    )
}

struct Tile {
    name: &'static str,
    value: String,
    note: String,
    /// Value now and before, in a form that can be compared.
    change: Option<Change>,
    /// Something is wrong with it.
    bad: bool,
}

/// How a figure has changed.
#[derive(Clone, Copy)]
enum Change {
    /// Number or duration: now, before.
    Amount(f64, f64, Better),
    /// Share: now, before.
    Points(f64, f64, Better),
}

impl Tile {
    fn print(&self, view: &View) -> String {
        let class = if self.bad { "tile tile-bad" } else { "tile" };
        let change = self.change.map_or(String::new(), |change| change.print(view));
        format!(
            "<li class=\"{class}\"><h3>{}</h3><p class=\"value\">{}</p>\
             <p class=\"note\">{}</p>{change}</li>",
            self.name, self.value, self.note
        )
    }
}

impl Change {
    fn print(self, view: &View) -> String {
        let (texts, format) = (view.texts(), view.format());
        let (now, before, better) = match self {
            Self::Amount(now, before, better) | Self::Points(now, before, better) => {
                (now, before, better)
            }
        };
        let difference = match self {
            Self::Amount(..) => now / before - 1.0,
            Self::Points(..) => now - before,
        };
        let size = difference.abs();
        let words = match self {
            // Three times as much is told as a factor, not as +200 %.
            Self::Amount(..) if difference >= 2.0 => {
                format!("{}×", format.decimal(now / before))
            }
            // What is left is not nothing, so it did not fall by all.
            Self::Amount(..) if difference < 0.0 => format.percent(whole_percent(size).min(0.99)),
            Self::Amount(..) => format.percent(whole_percent(size)),
            Self::Points(..) => format!("{}\u{a0}{}", format.decimal(size * 100.0), texts.points),
        };
        if size < 0.0005 {
            return format!(
                "<p class=\"change\">= <span class=\"unseen\">{}</span></p>",
                texts.before
            );
        }
        let rose = difference > 0.0;
        let class = match (better, rose) {
            (Better::Neither, _) => "change",
            (Better::More, true) | (Better::Less, false) => "change change-good",
            _ => "change change-bad",
        };
        let (arrow, sign) = if rose { ("▲", "+") } else { ("▼", "−") };
        format!(
            "<p class=\"{class}\"><span aria-hidden=\"true\">{arrow}</span> \
             <span class=\"unseen\">{sign}</span>{words} <span class=\"unseen\">{}</span></p>",
            texts.before
        )
    }
}

fn whole_percent(share: f64) -> f64 {
    (share * 100.0).round() / 100.0
}

fn amount(now: usize, before: Option<usize>, better: Better) -> Option<Change> {
    let before = before.filter(|before| *before >= FEWEST && now > 0)?;
    Some(Change::Amount(now as f64, before as f64, better))
}

fn seconds(now: Option<u64>, before: Option<u64>) -> Option<Change> {
    let before = before.filter(|before| *before > 0)?;
    Some(Change::Amount(now? as f64, before as f64, Better::Less))
}

fn points(now: Option<Share>, before: Option<Share>, better: Better) -> Option<Change> {
    let (now, before) = (now?, before?);
    let enough = now.whole >= FEWEST && before.whole >= FEWEST;
    enough.then_some(Change::Points(now.share?, before.share?, better))
}

fn tiles(report: &Report, view: &View) -> Vec<Tile> {
    let mut tiles = of_conversations(&report.totals, report.before.as_ref(), view);
    tiles.extend(of_tickets(&report.totals, report.before.as_ref(), view));
    tiles
}

fn of_conversations(now: &Totals, before: Option<&Totals>, view: &View) -> Vec<Tile> {
    let (texts, format) = (view.texts(), view.format());
    let part_of = |share: Share, what: &str| {
        format!("{} {} {} {what}", format.count(share.part), texts.of, format.count(share.whole))
    };
    let contacts = now.conversations;
    let then = before.map(|before| before.conversations);
    let contained = contacts.contained;
    vec![
        Tile {
            name: texts.messages,
            value: format.count(now.messages),
            note: format!("{} {}", format.count(contacts.began), texts.messages_note),
            change: amount(now.messages, before.map(|totals| totals.messages), Better::Neither),
            bad: false,
        },
        Tile {
            name: texts.contained,
            value: contained.map_or_else(dash, |share| format.share(share)),
            note: contained.map_or_else(dash, |share| part_of(share, texts.contained_note)),
            change: points(contained, then.and_then(|then| then.contained), Better::More),
            bad: false,
        },
        Tile {
            name: texts.escalated,
            value: format.share(contacts.escalated),
            note: part_of(contacts.escalated, texts.escalated_note),
            change: points(
                Some(contacts.escalated),
                then.map(|then| then.escalated),
                Better::Neither,
            ),
            bad: false,
        },
        Tile {
            name: texts.first_contact,
            value: format.share(contacts.first_contact),
            note: part_of(contacts.first_contact, texts.first_contact_note),
            change: points(
                Some(contacts.first_contact),
                then.map(|then| then.first_contact),
                Better::More,
            ),
            bad: false,
        },
        Tile {
            name: texts.satisfied,
            value: format.share(now.satisfaction.satisfied),
            note: now.satisfaction.mean.map_or_else(
                || texts.no_ratings.to_owned(),
                |mean| {
                    format!(
                        "{} {}, {} {}",
                        format.count(now.satisfaction.satisfied.whole),
                        texts.satisfied_note,
                        texts.mean,
                        format.decimal(mean)
                    )
                },
            ),
            change: points(
                Some(now.satisfaction.satisfied),
                before.map(|totals| totals.satisfaction.satisfied),
                Better::More,
            ),
            bad: false,
        },
    ]
}

fn of_tickets(now: &Totals, before: Option<&Totals>, view: &View) -> Vec<Tile> {
    let (texts, format) = (view.texts(), view.format());
    let part_of = |share: Share, what: &str| {
        format!("{} {} {} {what}", format.count(share.part), texts.of, format.count(share.whole))
    };
    let tickets = &now.tickets;
    let then = before.map(|before| &before.tickets);
    let ninety = |seconds: Option<u64>| {
        seconds.map_or_else(dash, |seconds| {
            format!("{} {}", texts.nine_of_ten, format.duration(seconds))
        })
    };
    vec![
        Tile {
            name: texts.first_response,
            value: format.maybe(tickets.first_response.median_seconds),
            note: ninety(tickets.first_response.p90_seconds),
            change: seconds(
                tickets.first_response.median_seconds,
                then.and_then(|then| then.first_response.median_seconds),
            ),
            bad: false,
        },
        Tile {
            name: texts.service_level,
            value: format.share(tickets.service_level),
            note: part_of(tickets.service_level, texts.service_level_note),
            change: points(
                Some(tickets.service_level),
                then.map(|then| then.service_level),
                Better::More,
            ),
            bad: false,
        },
        Tile {
            name: texts.resolution,
            value: format.maybe(tickets.resolution.median_seconds),
            note: ninety(tickets.resolution.p90_seconds),
            change: seconds(
                tickets.resolution.median_seconds,
                then.and_then(|then| then.resolution.median_seconds),
            ),
            bad: false,
        },
        Tile {
            name: texts.reopened,
            value: format.share(tickets.reopened),
            note: part_of(tickets.reopened, texts.reopened_note),
            change: points(Some(tickets.reopened), then.map(|then| then.reopened), Better::Less),
            bad: false,
        },
        Tile {
            name: texts.open,
            value: format.count(now.tickets_open),
            note: format!("{} {}", format.count(tickets.overdue), texts.overdue),
            change: amount(
                now.tickets_open,
                before.map(|totals| totals.tickets_open),
                Better::Less,
            ),
            bad: tickets.overdue > 0,
        },
    ]
}

fn definitions(texts: &Texts) -> String {
    let all = [
        (texts.messages, texts.messages_means),
        (texts.contained, texts.contained_means),
        (texts.escalated, texts.escalated_means),
        (texts.first_contact, texts.first_contact_means),
        (texts.satisfied, texts.satisfied_means),
        (texts.first_response, texts.first_response_means),
        (texts.service_level, texts.service_level_means),
        (texts.resolution, texts.resolution_means),
        (texts.reopened, texts.reopened_means),
        (texts.open, texts.open_means),
    ];
    all.map(|(name, means)| format!("<div><dt>{name}</dt><dd>{means}</dd></div>")).concat()
}

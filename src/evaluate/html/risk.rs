//! How far may it answer by itself? Curve, promise and costs as drawings and words.

use super::super::glance::Unit;
use super::super::report::Report;
use super::super::risk::{CONDITION, CostPoint, CostReport, Guarantee, RiskReport};
use super::plot::{Plot, percent_ticks};
use super::{each, escape};

/// Size of a drawing in pixels at full scale.
const SIZE: (f64, f64) = (320.0, 260.0);

/// Rows below which a share of wrong answers says nothing.
const STEADY_ROWS: usize = 10;

/// The section's content; empty where nothing is known.
pub(super) fn section(report: &Report) -> String {
    let Some(risk) = &report.risk else { return String::new() };
    let drawings = [risk_curve(risk), risk.costs.as_ref().and_then(cost_curve)];
    let drawings = each(drawings.into_iter().flatten(), |drawing| drawing);
    let promise = risk.guarantee.as_ref().map_or(String::new(), |found| promise(found, risk.rows));
    let costs = risk.costs.as_ref().map_or(String::new(), |costs| cost_table(costs, risk));
    format!(
        "<p class=\"lead\">{} of {} messages that say which articles answer them are open to an \
         answer: every other rule lets them through, and the confidence of the answer alone \
         decides.</p>\n{promise}<div class=\"charts\">{drawings}</div>\n{costs}",
        risk.open, risk.rows
    )
}

fn promise(found: &Guarantee, rows: usize) -> String {
    let title = escape(&found.title());
    let (class, verdict, words) = match (&found.certificate, &found.refusal) {
        (Some(certificate), _) => (
            "reached",
            "certified",
            format!(
                "Answered from a confidence of {:.4}: {} of {rows} messages, {} wrong; the true \
                 share is at most {:.2} %. {}",
                certificate.threshold,
                certificate.answered,
                certificate.wrong,
                certificate.wrong_at_most * 100.0,
                CONDITION
            ),
        ),
        (None, Some(refusal)) => ("missed", "not certified", refusal.to_string()),
        (None, None) => return String::new(),
    };
    format!(
        "<p><b>{title}: <span class=\"{class}\">{verdict}</span></b><br>{}</p>\n",
        escape(&words)
    )
}

fn risk_curve(risk: &RiskReport) -> Option<String> {
    let points: Vec<(f64, f64)> = risk
        .curve
        .iter()
        .filter(|point| point.taken >= STEADY_ROWS)
        .map(|point| (point.coverage, point.risk))
        .collect();
    if points.len() < 2 {
        return None;
    }
    let ends = |place: fn(&(f64, f64)) -> f64| points.iter().map(place).fold(0.0, f64::max);
    let across = (ends(|point| point.0) * 1.05).clamp(0.05, 1.0);
    let certificate = risk.guarantee.and_then(|guarantee| guarantee.certificate);
    let promised = certificate.map_or(0.0, |certificate| f64::from(certificate.wrong_at_most));
    let up = (ends(|point| point.1).max(promised) * 1.1).clamp(0.005, 1.0);
    let mut plot = Plot::new(SIZE.0, SIZE.1, across, up);
    plot.axes(
        ("messages answered, %", &percent_ticks(across)),
        ("wrong answers, %", &percent_ticks(up)),
    );
    plot.line("curve", &points);
    if let Some(found) = certificate {
        let coverage = found.answered as f64 / risk.rows.max(1) as f64;
        let share = found.wrong as f64 / found.answered.max(1) as f64;
        plot.line("whisker", &[(coverage, share), (coverage, promised)]);
        let words = format!(
            "certified: {} answered, {} wrong, at most {}",
            Unit::Share.write(coverage),
            Unit::Share.write(share),
            Unit::Share.write(promised)
        );
        plot.dot("operating", (coverage, share), 5.0, &words);
    }
    let note = "From left to right the threshold falls, from the surest messages to all that are \
                open to an answer. A dot is the certified threshold, its whisker ends at the bound.";
    Some(figure(
        "Risk against coverage",
        &plot.print("Wrong answers against messages answered"),
        note,
    ))
}

fn cost_curve(costs: &CostReport) -> Option<String> {
    let open = costs.curve.last()?.answered.max(1) as f64;
    let most = costs.curve.iter().map(|point| point.minutes).fold(0.0, f64::max) * 1.1;
    if costs.curve.len() < 2 || most <= 0.0 {
        return None;
    }
    let place = |point: &CostPoint| (point.answered as f64 / open, point.minutes);
    let mut plot = Plot::new(SIZE.0, SIZE.1, 1.0, most);
    let ticks: Vec<(f64, String)> = (0..=4)
        .map(|step| {
            let value = most * f64::from(step) / 4.0;
            (value, format!("{value:.1}"))
        })
        .collect();
    plot.axes(
        ("messages answered, % of those open", &percent_ticks(1.0)),
        ("minutes a message", &ticks),
    );
    plot.line("curve", &costs.curve.iter().map(place).collect::<Vec<_>>());
    plot.dot("dot", place(&costs.in_use), 4.0, &format!("as now: {}", words(&costs.in_use)));
    plot.dot(
        "operating",
        place(&costs.cheapest),
        5.0,
        &format!("least work: {}", words(&costs.cheapest)),
    );
    let note = "The large dot is the least work, the small one the threshold in use.";
    Some(figure("Work of agents", &plot.print("Minutes a message against messages answered"), note))
}

fn words(point: &CostPoint) -> String {
    format!("{} answered, {} wrong, {:.2} minutes", point.answered, point.wrong, point.minutes)
}

fn cost_table(costs: &CostReport, risk: &RiskReport) -> String {
    let points = [
        ("Nothing answered", costs.nothing),
        ("As now", costs.in_use),
        ("Least work", costs.cheapest),
    ];
    let rows = each(points, |(name, point)| {
        let threshold =
            point.threshold.map_or_else(|| "–".to_owned(), |threshold| format!("{threshold:.4}"));
        format!(
            "<tr><td>{name}</td><td class=\"number\">{threshold}</td><td class=\"number\">{}</td>\
             <td class=\"number\">{}</td><td class=\"number\">{:.2}</td></tr>\n",
            point.answered, point.wrong, point.minutes
        )
    });
    format!(
        "<div class=\"scroll\"><table><thead><tr><th>Work of agents</th><th>Threshold</th>\
         <th>Answered</th><th>Wrong</th><th>Minutes a message</th></tr></thead><tbody>\n{rows}\
         </tbody></table></div>\n<p class=\"note\">{}</p>",
        escape(&costs.words(risk))
    )
}

fn figure(title: &str, drawing: &str, note: &str) -> String {
    format!(
        "<figure><figcaption><b>{title}</b></figcaption>{drawing}<p class=\"note\">{note}</p>\
         </figure>\n"
    )
}

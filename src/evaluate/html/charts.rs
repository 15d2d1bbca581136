//! Which drawings help to judge the confidence and to choose a threshold?

use super::super::glance::Unit;
use super::super::metrics::{Bin, CurvePoint, wilson};
use super::super::report::{AnswerReport, Calibration, IntentReport, Report, ScopeReport};
use super::head_title;
use super::plot::{Plot, percent_ticks};

/// Heads in the order in which they are drawn.
const HEADS: [&str; 5] = ["intent", "in_scope", "tier", "sentiment", "answer"];

/// Width of a drawing in pixels at full scale.
const WIDTH: f64 = 320.0;

/// Rows below which a point of a risk curve says nothing: one mistake among few looks like a cliff.
const STEADY_ROWS: usize = 10;

/// Reliability diagram and histogram of every head.
pub(super) fn calibration(report: &Report) -> String {
    let figures: String = HEADS
        .iter()
        .filter_map(|head| Some(calibration_figure(head, report.calibration.get(*head)?)))
        .collect();
    if figures.is_empty() {
        return String::new();
    }
    format!(
        "<p class=\"lead\">Each dot is a group of messages with like confidence; the larger, the \
         more messages. On the diagonal the confidence can be taken at its word; above it the model \
         is too modest, below too sure. Whiskers are 95 % intervals. Under each diagram: how many \
         messages got which confidence, on a square-root scale so that few remain visible.</p>\n\
         <div class=\"charts\">{figures}</div>"
    )
}

fn calibration_figure(head: &str, calibration: &Calibration) -> String {
    let title = head_title(head);
    let (error, brier) = (calibration.error, calibration.brier);
    format!(
        "<figure><figcaption><b>{title}</b><span>calibration error {:.3} \
         <small>({:.3}–{:.3})</small> · Brier {:.3}</span></figcaption>{}{}</figure>\n",
        error.value,
        error.low,
        error.high,
        brier.value,
        reliability(head, &calibration.bins),
        histogram(head, &calibration.right, &calibration.wrong),
    )
}

/// The words for right and wrong: the probability of being in scope is a statement about the
/// message, not about a label.
fn outcomes(head: &str) -> (&'static str, &'static str) {
    if head == "in_scope" { ("in scope", "out of scope") } else { ("right", "wrong") }
}

fn reliability(head: &str, bins: &[Bin]) -> String {
    let (right, _) = outcomes(head);
    let mut plot = Plot::new(WIDTH, 290.0, 1.0, 1.0);
    let ticks = percent_ticks(1.0);
    plot.axes(("confidence, %", &ticks), (&format!("{right}, %"), &ticks));
    plot.line("diagonal", &[(0.0, 0.0), (1.0, 1.0)]);
    let all: usize = bins.iter().map(|bin| bin.count).sum();
    for bin in bins {
        let (Some(share), Some(interval)) = (bin.accuracy(), wilson(bin.right, bin.count)) else {
            continue;
        };
        plot.line("whisker", &[(bin.confidence, interval.low), (bin.confidence, interval.high)]);
        let words = format!(
            "confidence {:.2}, {right} {} of {} ({:.0} %)",
            bin.confidence,
            bin.right,
            bin.count,
            share * 100.0
        );
        let radius = 2.5 + 8.0 * (bin.count as f64 / all.max(1) as f64).sqrt();
        plot.dot("dot", (bin.confidence, share), radius, &words);
    }
    plot.print(&format!("Reliability diagram: {}", head_title(head)))
}

/// Right ones upwards, wrong ones downwards.
fn histogram(head: &str, right: &[usize], wrong: &[usize]) -> String {
    let words = outcomes(head);
    let root = |count: usize| (count as f64).sqrt();
    let most = |counts: &[usize]| counts.iter().copied().max().unwrap_or(0);
    let (above, below) = (root(most(right)), root(most(wrong)));
    let whole = (above + below).max(1.0);
    let mut plot = Plot::new(WIDTH, 160.0, 1.0, whole);
    let mut ticks = vec![(0.0, most(wrong)), (below, 0), (whole, most(right))];
    // The labels of a short end would run into that of the middle.
    ticks.retain(|(place, count)| *count == 0 || (place - below).abs() > whole / 7.0);
    let ticks: Vec<_> = ticks.iter().map(|(place, count)| (*place, count.to_string())).collect();
    plot.axes(("confidence, %", &percent_ticks(1.0)), ("messages", &ticks));
    for (counts, direction, class, word) in
        [(right, 1.0, "right", words.0), (wrong, -1.0, "wrong", words.1)]
    {
        for (index, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let width = 1.0 / counts.len() as f64;
            let (start, end) = (index as f64 * width, (index + 1) as f64 * width);
            let edge = below + direction * root(*count);
            let (top, bottom) = (plot.y(edge.max(below)), plot.y(edge.min(below)));
            let (left, right) = (plot.x(start) + 0.7, plot.x(end) - 0.7);
            plot.add(&format!(
                "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" \
                 height=\"{:.1}\"><title>{start:.2}–{end:.2}: {count} {word}</title></rect>",
                right - left,
                bottom - top,
            ));
        }
    }
    format!(
        "<p class=\"legend\"><i class=\"right\"></i>{}<i class=\"wrong\"></i>{}</p>{}",
        words.0,
        words.1,
        plot.print(&format!("Confidence histogram: {}", head_title(head)))
    )
}

/// The curves over all thresholds.
pub(super) fn thresholds(report: &Report) -> String {
    let figures: Vec<String> = [
        report.answers.as_ref().and_then(answer_curve),
        report.scope.as_ref().and_then(scope_curve),
        report.intent.as_ref().and_then(intent_curve),
    ]
    .into_iter()
    .flatten()
    .collect();
    if figures.is_empty() {
        return String::new();
    }
    format!("<div class=\"charts\">{}</div>", figures.concat())
}

fn answer_curve(answers: &AnswerReport) -> Option<String> {
    let point = answers.answerable_answered.zip(answers.right);
    let point = point.map(|(covered, right)| (covered.value, 1.0 - right.value));
    let drawing = risk_curve(
        &answers.curve,
        ("answerable messages answered, %", "wrong answers, %"),
        point,
        "Risk of a wrong answer against answered messages",
    )?;
    Some(figure(
        "Automatic answers",
        "if the answer's confidence alone decided",
        &drawing,
        "The dot is what was in fact decided, with all the other conditions of an answer.",
    ))
}

fn intent_curve(intent: &IntentReport) -> Option<String> {
    let drawing = risk_curve(
        &intent.curve,
        ("in-scope messages kept, %", "wrong intents, %"),
        intent.curve.last().map(|point| (point.coverage, point.risk)),
        "Risk of a wrong intent against messages kept",
    )?;
    Some(figure(
        "Intents",
        "if only the surest were kept",
        &drawing,
        "From right to left: leaving out the unsure ones lowers the share of wrong intents.",
    ))
}

fn risk_curve(
    curve: &[CurvePoint],
    (x_title, y_title): (&str, &str),
    operating: Option<(f64, f64)>,
    label: &str,
) -> Option<String> {
    let points: Vec<(f64, f64)> = curve
        .iter()
        .filter(|point| point.taken >= STEADY_ROWS)
        .map(|point| (point.coverage, point.risk))
        .collect();
    if points.len() < 2 {
        return None;
    }
    let highest = points.iter().chain(&operating).map(|(_, risk)| *risk).fold(0.0, f64::max);
    let most = (highest * 1.1).clamp(0.005, 1.0);
    let mut plot = Plot::new(WIDTH, 260.0, 1.0, most);
    plot.axes((x_title, &percent_ticks(1.0)), (y_title, &percent_ticks(most)));
    plot.line("curve", &points);
    if let Some((coverage, risk)) = operating {
        let words = format!(
            "{} of those wanted, {} wrong",
            Unit::Share.write(coverage),
            Unit::Share.write(risk)
        );
        plot.dot("operating", (coverage, risk), 5.0, &words);
    }
    Some(plot.print(label))
}

fn scope_curve(scope: &ScopeReport) -> Option<String> {
    let operating = scope.rejected.zip(scope.recall);
    let operating = operating.map(|(rejected, recall)| (rejected.value, recall.value));
    // Nobody rejects a third of the messages that are in scope: the left end is what matters.
    let most = operating.map_or(0.25, |(rejected, _)| (rejected * 1.5).clamp(0.25, 1.0));
    let points: Vec<(f64, f64)> = scope
        .curve
        .iter()
        .filter(|point| point.loss <= most)
        .map(|point| (point.loss, point.recall))
        .collect();
    if points.len() < 2 {
        return None;
    }
    let mut plot = Plot::new(WIDTH, 260.0, most, 1.0);
    plot.axes(
        ("in scope rejected, %", &percent_ticks(most)),
        ("out of scope rejected, %", &percent_ticks(1.0)),
    );
    plot.line("curve", &points);
    if let Some((rejected, recall)) = operating {
        let words = format!(
            "{} of the out-of-scope rejected, {} of the in-scope",
            Unit::Share.write(recall),
            Unit::Share.write(rejected)
        );
        plot.dot("operating", (rejected, recall), 5.0, &words);
    }
    let area = scope.auroc.map_or(String::new(), |area| format!("AUROC {:.3}", area.value));
    Some(figure(
        "Out of scope",
        &area,
        &plot.print("Out-of-scope recall against in-scope rejection"),
        "The dot is the threshold in use.",
    ))
}

fn figure(title: &str, subtitle: &str, drawing: &str, note: &str) -> String {
    format!(
        "<figure><figcaption><b>{title}</b><span>{subtitle}</span></figcaption>{drawing}\
         <p class=\"note\">{note}</p></figure>\n"
    )
}

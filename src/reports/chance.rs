//! Could this be chance? Exact tests, from what was counted alone.

use crate::evaluate::metrics::{log_choose, lower_tail};

/// Probability of `now` or more events in one window, when `before` happened in `windows` windows
/// of the same length and nothing has changed. With equal rates, each of all these events falls
/// into the present window with chance `1 / (windows + 1)`, whatever the rate is (the conditional
/// test of two Poisson counts, Przyborowski and Wilenski 1940).
pub fn rise_by_chance(now: usize, before: usize, windows: usize) -> f64 {
    let all = now + before;
    let share = 1.0 / (windows as f64 + 1.0);
    // At or below what is expected there is no rise.
    if now as f64 <= share * all as f64 {
        return 1.0;
    }
    // `now` or more here is `before` or fewer elsewhere.
    lower_tail(before, all, 1.0 - share, log_choose(all, now.min(before)))
}

/// Probability of `hits` or more marked ones among `drawn` out of `all`, of which `marked` are
/// marked (Fisher 1922, one-sided).
pub fn drawn_at_least(hits: usize, drawn: usize, marked: usize, all: usize) -> f64 {
    let most = drawn.min(marked);
    if hits > most || (hits as f64) * (all as f64) <= (drawn as f64) * (marked as f64) {
        return if hits > most { 0.0 } else { 1.0 };
    }
    let ways = |from: usize, pick: usize| log_choose(from, pick.min(from - pick));
    let log_first = ways(marked, hits) + ways(all - marked, drawn - hits) - ways(all, drawn);
    // Above the expected number every term is smaller than the one before.
    let (mut ratio, mut sum) = (1.0, 0.0);
    for count in hits..=most {
        sum += ratio;
        ratio *= (marked - count) as f64 / (count + 1) as f64 * (drawn - count) as f64
            / (all + count + 1 - marked - drawn) as f64;
    }
    (log_first + sum.ln()).exp().min(1.0)
}

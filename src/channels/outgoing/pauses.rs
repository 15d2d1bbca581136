use std::time::Duration;

use rand::Rng;

/// A table of pauses between attempts. A little is added at random, so that what failed together
/// does not come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pauses(pub &'static [Duration]);

/// Added to a pause at most, as a share of it.
const JITTER: f64 = 0.1;

impl Pauses {
    /// For helpdesks: about a day in all, since people wait there.
    pub const HELPDESK: Self = Self(&[
        Duration::ZERO,
        Duration::from_secs(5),
        Duration::from_secs(30),
        Duration::from_mins(2),
        Duration::from_mins(10),
        Duration::from_mins(30),
        Duration::from_hours(1),
        Duration::from_hours(2),
        Duration::from_hours(4),
        Duration::from_hours(8),
        Duration::from_hours(8),
    ]);

    /// The pause before this attempt, the first being number 1; none when the table has ended.
    pub fn before(self, attempt: u32) -> Option<Duration> {
        let index = usize::try_from(attempt.checked_sub(1)?).ok()?;
        let pause = *self.0.get(index)?;
        Some(pause.mul_f64(1.0 + rand::rng().random_range(0.0..JITTER)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_followed_with_a_little_more() {
        const TABLE: [Duration; 2] = [Duration::ZERO, Duration::from_secs(100)];
        let pauses = Pauses(&TABLE);
        assert_eq!(pauses.before(1), Some(Duration::ZERO));
        let second = pauses.before(2).expect("a second attempt");
        assert!((100.0..=110.0).contains(&second.as_secs_f64()), "{second:?}");
        assert_eq!((pauses.before(3), pauses.before(0)), (None, None));
    }
}

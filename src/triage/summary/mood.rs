//! How does the customer feel, and where is it going?

use crate::domain::{Author, Language, Mood, Sentiment, Turn};

/// Mood in the latest customer turn that was read, against the first one.
pub(super) fn read(turns: &[(usize, &Turn)]) -> Mood {
    let mut moods = turns
        .iter()
        .filter(|(_, turn)| turn.from == Author::Customer)
        .filter_map(|(_, turn)| Some(turn.classification.as_ref()?.sentiment.as_ref()?.name));
    let Some(first) = moods.next() else { return Mood::default() };
    let now = moods.next_back().unwrap_or(first);
    let trend = match rank(now) - rank(first) {
        0 => "steady",
        1.. => "better",
        _ => "worse",
    };
    Mood { now, trend: trend.to_owned() }
}

/// The mood in words, blank where there is nothing to say about it.
pub(super) fn describe(mood: &Mood, language: Language) -> String {
    let (name, trend) = match language {
        Language::De => (
            match mood.now {
                Sentiment::Negative => "negativ",
                Sentiment::Neutral => "ruhig",
                Sentiment::Positive => "freundlich",
            },
            match mood.trend.as_str() {
                "better" => ", gebessert",
                "worse" => ", verschlechtert",
                _ => "",
            },
        ),
        Language::En => (
            match mood.now {
                Sentiment::Negative => "negative",
                Sentiment::Neutral => "calm",
                Sentiment::Positive => "friendly",
            },
            match mood.trend.as_str() {
                "better" => ", improved",
                "worse" => ", worsened",
                _ => "",
            },
        ),
    };
    if mood.now == Sentiment::Neutral && trend.is_empty() {
        return String::new();
    }
    match language {
        Language::De => format!("Stimmung: {name}{trend}."),
        Language::En => format!("Mood: {name}{trend}."),
    }
}

fn rank(sentiment: Sentiment) -> i8 {
    match sentiment {
        Sentiment::Negative => -1,
        Sentiment::Neutral => 0,
        Sentiment::Positive => 1,
    }
}

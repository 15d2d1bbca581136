//! What do the counts tell?

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::super::incidents::{Daily, incidents};
use super::super::timeline::{DayCounts, timeline};
use super::super::{
    Answers, ArticleFigures, Incidents, IntentFigures, Minutes, QueueFigures, Report, clusters,
};
use super::{Day, Tally};
use crate::reports::Share;

impl Tally {
    /// What the rows tell.
    pub fn finish(&self) -> Report {
        let all = self.rows as usize;
        let days = self.days.keys().next().zip(self.days.keys().next_back());
        let counts: BTreeMap<Date, DayCounts> =
            self.days.iter().map(|(date, day)| (*date, day.counts)).collect();
        Report {
            input: self.settings.input.clone(),
            model: self.settings.model.clone(),
            made_on: self.settings.made_on,
            rows: all,
            days: days.map(|(first, last)| (*first, *last)),
            undated: self.undated as usize,
            languages: shares(&self.languages, all),
            sentiments: shares(&self.sentiments, sum(&self.sentiments)),
            tiers: shares(&self.tiers, sum(&self.tiers)),
            intents: self.intent_figures(),
            answers: self.answer_figures(),
            queues: self.queue_figures(),
            timeline: timeline(&counts),
            repeats: self.repeats.finish(all),
            incidents: self.incidents(),
            clusters: clusters(
                &self.sample.rows(),
                self.sample.offered(),
                self.out_of_scope as usize,
            ),
        }
    }

    fn intent_figures(&self) -> Vec<IntentFigures> {
        let named = self
            .numbers
            .iter()
            .map(|(name, number)| (Some(name.clone()), self.intents[usize::from(*number)]));
        let without = (self.without_intent.rows > 0).then_some((None, self.without_intent));
        let mut figures: Vec<IntentFigures> = named
            .chain(without)
            .map(|(intent, counts)| {
                let rows = counts.rows as usize;
                let part = |part: u64| Share::of(part as usize, rows);
                IntentFigures {
                    intent,
                    rows: Share::of(rows, self.rows as usize),
                    answered: part(counts.answered),
                    negative: part(counts.negative),
                    tier_three: part(counts.tier_three),
                }
            })
            .collect();
        figures.sort_by(|left, right| {
            (right.rows.part, &left.intent).cmp(&(left.rows.part, &right.intent))
        });
        figures
    }

    fn answer_figures(&self) -> Answers {
        let answered = self.answered() as usize;
        let confidence: f64 = self.articles.values().map(|article| article.confidence).sum();
        let mut articles: Vec<ArticleFigures> = self
            .articles
            .iter()
            .map(|(id, counts)| ArticleFigures {
                id: id.clone(),
                titles: self.settings.articles.get(id).cloned().unwrap_or_default(),
                rows: Share::of(counts.rows as usize, answered),
                confidence: counts.confidence / counts.rows as f64,
            })
            .collect();
        articles
            .sort_by(|left, right| (right.rows.part, &left.id).cmp(&(left.rows.part, &right.id)));
        let minutes = self.settings.minutes_per_ticket;
        Answers {
            answered: Share::of(answered, self.rows as usize),
            wrong_expected: (answered as f64 - confidence).max(0.0),
            promise: self.settings.promise,
            minutes: minutes
                .map(|per_ticket| Minutes { per_ticket, all: per_ticket * answered as f64 }),
            articles,
        }
    }

    fn queue_figures(&self) -> Vec<QueueFigures> {
        let all: u64 = self.queues.values().map(|queue| queue.rows).sum();
        let mut figures: Vec<QueueFigures> = self
            .queues
            .iter()
            .map(|(queue, counts)| QueueFigures {
                queue: queue.clone(),
                title: self.settings.queues.get(queue).cloned(),
                rows: Share::of(counts.rows as usize, all as usize),
                pressing: Share::of(counts.pressing as usize, counts.rows as usize),
            })
            .collect();
        figures.sort_by(|left, right| {
            (right.rows.part, &left.queue).cmp(&(left.rows.part, &right.queue))
        });
        figures
    }

    fn incidents(&self) -> Incidents {
        let series = |place: usize| {
            let count = |day: &Day| day.intents.get(place).copied().unwrap_or(0);
            self.days.values().map(count).collect()
        };
        let daily = Daily {
            days: self.days.keys().copied().collect(),
            all: self.days.values().map(|day| day.counts.rows).collect(),
            intents: self
                .numbers
                .iter()
                .map(|(name, number)| (name.clone(), series(usize::from(*number))))
                .collect(),
        };
        let mut found = incidents(&daily);
        for incident in &mut found.incidents {
            let number = incident.intent.as_ref().and_then(|name| self.numbers.get(name));
            incident.example = number.and_then(|number| {
                let mut days = self.days.range(incident.first..=incident.last);
                let at_peak =
                    self.days.get(&incident.peak).and_then(|day| day.examples.get(number));
                let example =
                    at_peak.or_else(|| days.find_map(|(_, day)| day.examples.get(number)));
                example.map(|example| example.text.clone())
            });
        }
        found
    }
}

fn sum<K>(counts: &BTreeMap<K, u64>) -> usize {
    counts.values().sum::<u64>() as usize
}

fn shares<K: Copy + Ord>(counts: &BTreeMap<K, u64>, all: usize) -> BTreeMap<K, Share> {
    counts.iter().map(|(key, count)| (*key, Share::of(*count as usize, all))).collect()
}

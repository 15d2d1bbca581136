//! Every figure of a report beside its obvious computation, on random facts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use lotse::domain::{Action, Channel, Sentiment, TicketState};
use lotse::reports::{
    AgentLoad, Asked, Contacts, Durations, Filters, Period, Share, TicketFigures, agents, contacts,
    gaps, intents, report, satisfaction, tickets, timeline,
};
use lotse::store::{Facts, StepKind};
use proptest::prelude::*;

use crate::naive::{any_facts, messages_of, minute, quantile, steps_of};

fn durations(seconds: &[f64]) -> Durations {
    Durations {
        count: seconds.len(),
        median_seconds: quantile(seconds, 0.5),
        p90_seconds: quantile(seconds, 0.9),
    }
}

fn naive_tickets(facts: &Facts, period: &Period, queue: &str) -> TicketFigures {
    let mut figures = TicketFigures::default();
    let (mut responses, mut resolutions) = (Vec::new(), Vec::new());
    let (mut in_time, mut judged, mut resolved_once, mut reopened) = (0, 0, 0, 0);
    for (index, ticket) in facts.tickets.iter().enumerate() {
        if ticket.opened_at < period.from
            || ticket.opened_at >= period.to
            || &*ticket.queue != queue
        {
            continue;
        }
        figures.opened += 1;
        let replies = steps_of(facts, index, StepKind::Replied);
        let resolved = steps_of(facts, index, StepKind::Resolved);
        let passed =
            |at: jiff::Timestamp| (at - ticket.opened_at).total(jiff::Unit::Second).unwrap();
        if let Some(first) = replies.first() {
            responses.push(passed(*first));
        }
        match ticket.state {
            TicketState::Resolved => resolutions.push(passed(*resolved.last().unwrap())),
            _ => figures.unresolved += 1,
        }
        let answered = replies.iter().chain(&resolved).min();
        match answered {
            Some(at) => {
                judged += 1;
                in_time += usize::from(*at <= ticket.due_at);
            }
            None if ticket.due_at < period.now => {
                judged += 1;
                figures.overdue += 1;
            }
            None => {}
        }
        resolved_once += usize::from(!resolved.is_empty());
        let again = !steps_of(facts, index, StepKind::Reopened).is_empty();
        reopened += usize::from(again && !resolved.is_empty());
    }
    figures.first_response = durations(&responses);
    figures.resolution = durations(&resolutions);
    figures.service_level = Share::of(in_time, judged);
    figures.reopened = Share::of(reopened, resolved_once);
    figures
}

fn naive_contacts(facts: &Facts, period: &Period, channel: Channel) -> Contacts {
    let end = if period.now < period.to { period.now } else { period.to };
    let end = if end < period.from { period.from } else { end };
    let (mut began, mut escalated, mut over, mut contained) = (0, 0, 0, 0);
    let (mut finished, mut at_once) = (0, 0);
    for (place, conversation) in facts.conversations.iter().enumerate() {
        let said = messages_of(facts, place, period.to);
        let inside = conversation.began_at >= period.from && conversation.began_at < period.to;
        if said.is_empty() || !inside || conversation.channel != channel {
            continue;
        }
        let mine: Vec<usize> = (0..facts.tickets.len())
            .filter(|index| facts.tickets[*index].conversation as usize == place)
            .filter(|index| facts.tickets[*index].opened_at < period.to)
            .collect();
        began += 1;
        escalated += usize::from(!mine.is_empty());
        let last = said.iter().map(|message| message.at).max().unwrap();
        if last + SignedDuration::from_mins(30) > end {
            continue;
        }
        over += 1;
        let courtesies = [Some(Action::Smalltalk), Some(Action::None), None];
        let deciding = said.iter().rev().find(|message| !courtesies.contains(&message.action));
        let answered =
            mine.is_empty() && deciding.is_some_and(|said| said.action == Some(Action::Answer));
        contained += usize::from(answered);
        if mine.iter().any(|index| facts.tickets[*index].state != TicketState::Resolved) {
            continue;
        }
        finished += 1;
        let one_go = mine.len() == 1 && {
            let resolved = steps_of(facts, mine[0], StepKind::Resolved);
            let none = |kind| steps_of(facts, mine[0], kind).is_empty();
            none(StepKind::HandedOn)
                && none(StepKind::Reopened)
                && last <= *resolved.last().unwrap()
        };
        let unhappy = facts.ratings.iter().any(|rating| {
            rating.conversation as usize == place && rating.score < 3 && rating.at < period.to
        });
        let again = facts.conversations.iter().any(|other| {
            conversation.customer.is_some()
                && other.customer == conversation.customer
                && other.began_at > conversation.began_at
                && other.began_at <= conversation.began_at + SignedDuration::from_hours(168)
                && other.began_at < end
        });
        at_once += usize::from((answered || one_go) && !unhappy && !again);
    }
    Contacts {
        began,
        escalated: Share::of(escalated, began),
        contained: Some(Share::of(contained, over)),
        first_contact: Share::of(at_once, finished),
    }
}

fn naive_agents(facts: &Facts, period: &Period) -> Vec<AgentLoad> {
    let names: BTreeSet<&str> = facts.steps.iter().map(|step| &*step.actor).collect();
    let mut loads = Vec::new();
    for agent in names.into_iter().filter(|name| *name != "lotse") {
        let mine: Vec<_> = facts
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| {
                &*step.actor == agent && period.from <= step.at && step.at < period.to
            })
            .collect();
        let count = |kind| mine.iter().filter(|(_, step)| step.kind == kind).count();
        let mut handling = Vec::new();
        for (index, step) in mine.iter().filter(|(_, step)| step.kind == StepKind::Resolved) {
            let began = facts.steps[..*index].iter().rev().find(|other| {
                other.ticket == step.ticket
                    && [StepKind::Claimed, StepKind::HandedOn].contains(&other.kind)
            });
            handling
                .extend(began.map(|began| (step.at - began.at).total(jiff::Unit::Second).unwrap()));
        }
        let load = AgentLoad {
            agent: agent.to_owned(),
            claimed: count(StepKind::Claimed),
            replies: count(StepKind::Replied),
            resolved: count(StepKind::Resolved),
            handling: durations(&handling),
        };
        if load.claimed + load.replies + load.resolved > 0 {
            loads.push(load);
        }
    }
    loads
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn tickets_are_counted_as_said((facts, period) in any_facts()) {
        for queue in ["first_line", "billing"] {
            let counted = tickets(&facts, &period, |ticket| &*ticket.queue == queue);
            prop_assert_eq!(counted, naive_tickets(&facts, &period, queue));
        }
    }

    #[test]
    fn conversations_are_counted_as_said((facts, period) in any_facts()) {
        for channel in Channel::ALL {
            let counted = contacts(&facts, &period, |conversation| conversation.channel == channel);
            prop_assert_eq!(counted, naive_contacts(&facts, &period, channel));
        }
    }

    #[test]
    fn work_is_counted_as_said((facts, period) in any_facts()) {
        prop_assert_eq!(agents(&facts, &period), naive_agents(&facts, &period));
    }

    #[test]
    fn ratings_are_counted_as_said((facts, period) in any_facts()) {
        let scores: Vec<f64> = facts
            .ratings
            .iter()
            .filter(|rating| period.from <= rating.at && rating.at < period.to)
            .map(|rating| f64::from(rating.score))
            .collect();
        let counted = satisfaction(&facts, &period);
        let happy = scores.iter().filter(|score| **score > 3.5).count();
        prop_assert_eq!(counted.satisfied, Share::of(happy, scores.len()));
        prop_assert_eq!(counted.scores.iter().sum::<usize>(), scores.len());
        match counted.mean {
            None => prop_assert!(scores.is_empty()),
            Some(mean) => {
                let exact = scores.iter().sum::<f64>() / scores.len() as f64;
                prop_assert!((mean - exact).abs() <= 0.00005, "{mean} for {exact}");
            }
        }
    }

    #[test]
    fn steps_of_time_hold_what_happened_in_them((facts, period) in any_facts()) {
        let points = timeline(&facts, &period);
        let buckets = period.buckets();
        prop_assert_eq!(points.len(), buckets.len());
        let end = period.now.min(period.to);
        for (point, bucket) in points.iter().zip(&buckets) {
            prop_assert_eq!(point.start, bucket.start);
            let inside = |at| bucket.start <= at && at < bucket.end;
            let said: Vec<_> = facts.messages.iter().filter(|said| inside(said.at)).collect();
            let acted = |actions: &[Option<Action>]| {
                said.iter().filter(|said| actions.contains(&said.action)).count()
            };
            prop_assert_eq!(point.messages, said.len());
            prop_assert_eq!(point.answered, acted(&[Some(Action::Answer)]));
            prop_assert_eq!(point.talked, acted(&[Some(Action::Clarify), Some(Action::Smalltalk)]));
            prop_assert_eq!(point.escalated, acted(&[Some(Action::Escalate)]));
            prop_assert_eq!(point.to_people, acted(&[Some(Action::None), None]));
            for (index, mood) in Sentiment::ALL.into_iter().enumerate() {
                let of_mood = said.iter().filter(|said| said.sentiment == Some(mood)).count();
                prop_assert_eq!(point.moods[index], of_mood);
            }
            let opened = facts.tickets.iter().filter(|ticket| inside(ticket.opened_at)).count();
            prop_assert_eq!(point.opened, opened);
            let kind = |kind| facts.steps.iter().filter(move |step| step.kind == kind);
            let resolved = kind(StepKind::Resolved).filter(|step| inside(step.at)).count();
            prop_assert_eq!(point.resolved, resolved);
        }
        let messages = facts.messages.iter().filter(|said| period.from <= said.at && said.at < end);
        // Steps end at the end of the running hour, day or week.
        prop_assert!(points.iter().map(|point| point.messages).sum::<usize>() >= messages.count());
    }

    /// The number of open tickets, told by the state that each ticket is in at that moment.
    #[test]
    fn open_tickets_are_those_that_are_not_resolved((facts, period) in any_facts()) {
        for (point, bucket) in timeline(&facts, &period).iter().zip(period.buckets()) {
            let open = facts.tickets.iter().enumerate().filter(|(index, ticket)| {
                let last = facts
                    .steps
                    .iter()
                    .filter(|step| step.ticket as usize == *index && step.at < bucket.end)
                    .rfind(|step| matches!(step.kind, StepKind::Resolved | StepKind::Reopened));
                let resolved = last.is_some_and(|step| step.kind == StepKind::Resolved);
                ticket.opened_at < bucket.end && !resolved
            });
            prop_assert_eq!(point.open, open.count());
        }
    }

    #[test]
    fn intents_are_counted_as_said((facts, period) in any_facts()) {
        let mut expected: BTreeMap<Option<String>, [usize; 4]> = BTreeMap::new();
        let mut all = 0;
        for said in &facts.messages {
            if period.from <= said.at && said.at < period.to {
                let counts = expected.entry(said.intent.as_deref().map(str::to_owned)).or_default();
                all += 1;
                counts[0] += 1;
                counts[1] += usize::from(said.action == Some(Action::Answer));
                counts[2] += usize::from(said.action == Some(Action::Escalate));
                counts[3] += usize::from(said.sentiment == Some(Sentiment::Negative));
            }
        }
        let counted = intents(&facts, &period);
        prop_assert_eq!(counted.len(), expected.len());
        let sorted = counted.windows(2).all(|pair| pair[0].messages.part >= pair[1].messages.part);
        prop_assert!(sorted);
        for count in counted {
            let [said, answered, escalated, negative] = expected[&count.intent];
            prop_assert_eq!(count.messages, Share::of(said, all));
            prop_assert_eq!(count.answered, Share::of(answered, said));
            prop_assert_eq!(count.escalated, Share::of(escalated, said));
            prop_assert_eq!(count.negative, Share::of(negative, said));
        }
    }

    #[test]
    fn gaps_are_questions_that_an_article_could_answer((facts, period) in any_facts()) {
        let found = gaps::find(&facts, &period);
        let mut expected = Vec::new();
        for said in &facts.messages {
            let reasons = said.reasons.as_deref().unwrap_or("");
            let gap = match said.action {
                Some(Action::Escalate) => ["no_article route", "answer_confidence_low"].contains(&reasons),
                Some(Action::Clarify) => reasons == "out_of_scope",
                _ => false,
            };
            if gap && period.from <= said.at && said.at < period.to {
                let ticket = facts.tickets.iter().position(|ticket| {
                    ticket.conversation == said.conversation && ticket.opened_at >= said.at
                });
                expected.push((said.number, ticket));
            }
        }
        let found: Vec<_> = found.into_iter().map(|gap| (gap.number, gap.ticket)).collect();
        prop_assert_eq!(found, expected);
    }

    /// The parts of a report agree with each other and with its whole.
    #[test]
    fn a_report_is_of_one_piece((facts, period) in any_facts()) {
        let asked = Asked { period: period.clone(), filters: Filters::default() };
        let report = report(&facts, &asked);
        let groups = |groups: &[lotse::reports::Group]| {
            groups.iter().map(|group| group.tickets.opened).sum::<usize>()
        };
        prop_assert_eq!(groups(&report.channels), report.totals.tickets.opened);
        prop_assert_eq!(groups(&report.queues), report.totals.tickets.opened);
        let began = report.channels.iter().filter_map(|group| group.conversations);
        let began: usize = began.map(|contacts| contacts.began).sum();
        prop_assert_eq!(began, report.totals.conversations.began);
        prop_assert!(report.totals.messages <= facts.messages.len());
        prop_assert!(report.gaps.tickets <= report.gaps.questions);
    }
}

#[test]
fn without_anything_there_is_nothing_and_no_share() {
    let period = Period {
        from: minute(0),
        to: minute(60),
        now: minute(30),
        timezone: crate::naive::berlin(),
    };
    let asked = Asked { period, filters: Filters::default() };
    let report = report(&Facts::default(), &asked);
    assert!(!report.has_history && report.before.is_none());
    assert_eq!(report.totals.conversations.escalated.share, None);
    assert_eq!(report.totals.tickets.first_response, Durations::default());
    assert_eq!(report.totals.satisfaction.mean, None);
    assert_eq!(report.timeline.len(), 1);
}

#[test]
fn a_queue_leaves_nothing_that_the_bot_settled() {
    let period = Period {
        from: minute(0),
        to: minute(60),
        now: minute(30),
        timezone: crate::naive::berlin(),
    };
    let filters = Filters { queue: Some("billing".to_owned()), ..Filters::default() };
    let report = report(&Facts::default(), &Asked { period, filters });
    assert_eq!(report.totals.conversations.contained, None);
}

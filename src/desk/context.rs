//! Is this message only understood together with the one before? "Und wie lange dauert das?",
//! "what about headphones?": such a message is read twice, alone and in context.

use crate::classifier::Reading;
use crate::domain::{Author, TierScore, Turn};
use crate::text::{self, PreparedText};

/// Words of a message that still counts as short.
const SHORT: usize = 14;

/// Words of a message that may be a mere fragment ("auch nach Wien?").
const FRAGMENT: usize = 3;

/// Words of a message that may be the reply to a question back.
const REPLY: usize = 6;

/// Words with a meaning of their own in a message that leans on a pronoun ("how much is it?").
const OWN_WORDS: usize = 2;

/// A message that alone is read with this confidence needs no context: the message before would
/// only drown it.
const SURE: f32 = 0.7;

/// Messages looked back at: a follow-up may follow a follow-up.
const LOOK_BACK: usize = 3;

/// Characters of context taken; the question stands in few.
const CONTEXT_CHARS: usize = 600;

// The lists are spelled as `words` gives words: lower case, umlauts written out, no apostrophes.

/// How a message that follows up begins.
const OPENINGS: &str = "\
    und, oder, aber, auch, dann, sonst, nur, ausserdem, was ist mit, was ist denn mit, \
    was ist wenn, was wenn, wie ist es mit, wie ist das mit, wie sieht es mit, \
    wie siehts mit, wie sieht das mit, wie schaut es mit, gilt das, gilt dies, geht das, \
    in dem fall, and, or, but, also, then, otherwise, what about, how about, what if, \
    does that, does this, is that, is this, in that case, same for";

/// Words that point at something said before, wherever they stand.
const POINTERS: &str = "\
    es dafuer damit davon dabei dazu dagegen danach dort deren it them there therefore those \
    these ones";

/// Words that point back unless a word with a meaning of its own follows: then they are articles.
const ARTICLES: &str = "das dies dieses diese die der den dem that this";

/// Words that say nothing about the topic.
const FUNCTION_WORDS: &str = "\
    ich du er sie wir ihr man mich mir mein meine meinen uns es das dies dieses diese die \
    der den dem ein eine einen wie was wann wo wer warum wieso wohin woher welche welcher \
    welches ist sind war wird werden wurde hat habe haben kann koennen koennte muss muessen \
    soll darf geht ging gibt gilt macht mache machen tun und oder aber auch noch denn dann \
    da so nur schon nicht kein keine doch mal eigentlich genau in im an am auf bei mit nach \
    von vom zu zum zur fuer aus per ueber ohne wenn falls ob dass lange viel oft weit dafuer \
    damit davon dabei dazu dagegen danach dort deren bitte jetzt i you he she we they me my \
    us our your it its this that these those them a an the how what when where who why which \
    is are was were be been will would do does did has have had can could must should may \
    and or but also too then so not no only still just in on at by with to from of for if \
    about long much many often far there please now ones one as well same";

/// Courtesies: they continue nothing.
const COURTESIES: &str = "\
    danke dankeschoen vielen dank besten ok okay super top toll prima perfekt alles klar gut \
    sehr tschuess ciao bye goodbye thanks thank you thx great perfect cool nice good hallo \
    hi hello hey moin servus ja nein yes no please bitte und and fuer die hilfe for the your \
    help schoenen tag noch a day";

/// What a follow-up leans on: the customer's message before it, and those that this one leaned on.
/// None if the message stands alone.
pub(super) fn of(message: &PreparedText, earlier: &[Turn], asked_back: bool) -> Option<String> {
    if !is_follow_up(&message.cleaned, asked_back) {
        return None;
    }
    let mut context: Vec<String> = Vec::new();
    let customer_turns = earlier.iter().rev().filter(|turn| turn.from == Author::Customer);
    for turn in customer_turns.take(LOOK_BACK) {
        let cleaned = text::prepare(&turn.text, Some(message.language)).cleaned;
        let stands_alone = !is_follow_up(&cleaned, false);
        context.push(as_sentence(&cleaned));
        if stands_alone {
            break;
        }
    }
    context.reverse();
    let context = context.join(" ");
    (!context.is_empty()).then(|| context.chars().take(CONTEXT_CHARS).collect())
}

/// The message with its context before it, as one text.
pub(super) fn joined(context: &str, message: &PreparedText) -> PreparedText {
    let text = format!("{context} {}", message.cleaned);
    PreparedText {
        original: text.clone(),
        cleaned: text,
        language: message.language,
        entities: Vec::new(),
    }
}

/// The reading in context, if it tells more than the message alone. Mood, entities and language
/// stay those of the message itself; so does a higher tier, which only its own words can give.
pub(super) fn better(alone: &Reading, in_context: Reading) -> Option<Reading> {
    let found = in_context.classification.intent.as_ref()?;
    if let Some(own) = &alone.classification.intent
        && (own.confidence >= SURE || own.confidence >= found.confidence)
    {
        return None;
    }
    let mut reading = in_context;
    let own = &alone.classification;
    let level = |tier: &Option<TierScore>| tier.as_ref().map_or(0, |tier| tier.level);
    if level(&own.tier) > level(&reading.classification.tier) {
        reading.classification.tier.clone_from(&own.tier);
    }
    reading.classification.language = own.language;
    reading.classification.sentiment.clone_from(&own.sentiment);
    reading.classification.entities.clone_from(&own.entities);
    Some(reading)
}

/// Whether a message with these words may lean on the one before.
fn is_follow_up(cleaned: &str, asked_back: bool) -> bool {
    let words = words(cleaned);
    let count = words.len();
    if count == 0 || count > SHORT || words.iter().all(|word| is_in(COURTESIES, word)) {
        return false;
    }
    count <= FRAGMENT
        || (asked_back && count <= REPLY)
        || OPENINGS.split(", ").any(|opening| begins_with(&words, opening))
        || leans_on_pronoun(&words)
}

fn leans_on_pronoun(words: &[String]) -> bool {
    let is_own = |word: &String| !is_in(FUNCTION_WORDS, word);
    if words.iter().filter(|word| is_own(word)).count() > OWN_WORDS {
        return false;
    }
    words.iter().enumerate().any(|(index, word)| {
        let points = is_in(POINTERS, word)
            || (is_in(ARTICLES, word) && !words.get(index + 1).is_some_and(is_own));
        // "gibt es", "is there" open a question and point at nothing.
        let before = index.checked_sub(1).map(|before| words[before].as_str());
        let opens =
            matches!((before, word.as_str()), (Some("gibt"), "es") | (Some("is" | "are"), "there"));
        points && !opens
    })
}

fn begins_with(words: &[String], opening: &str) -> bool {
    let mut opening = opening.split(' ');
    let mut words = words.iter();
    opening.all(|expected| words.next().is_some_and(|word| word == expected))
}

fn is_in(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

/// Words in lower case, umlauts written out, apostrophes dropped.
fn words(text: &str) -> Vec<String> {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        match character {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            '\'' | '’' => {}
            other if other.is_alphanumeric() => plain.push(other),
            _ => plain.push(' '),
        }
    }
    plain.split_whitespace().map(str::to_owned).collect()
}

/// The text with an end, so that the next sentence begins anew.
fn as_sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follow_ups_are_recognised() {
        for text in [
            "und wie lange dauert das?",
            "Und wenn ich es schon geöffnet habe?",
            "wie lange dauert das?",
            "Was kostet das",
            "geht das auch in Wien?",
            "Gilt das auch für Kopfhörer?",
            "Und für Österreich?",
            "auch nach Wien?",
            "Was ist mit Kopfhörern?",
            "wie sieht es mit Express aus",
            "Kann ich dafür PayPal nehmen?",
            "oder per Rechnung?",
            "and how long does that take?",
            "what about headphones?",
            "What if I don't have the box anymore?",
            "how much is it?",
            "does it cost anything?",
            "Is that free?",
            "can I do that in the shop?",
            "also to Austria?",
            "for headphones too?",
        ] {
            assert!(is_follow_up(text, false), "{text}");
        }
    }

    #[test]
    fn whole_questions_stand_alone() {
        for text in [
            "Wie lange dauert die Lieferung nach Österreich?",
            "Wie lange dauert das Einrichten der Box?",
            "Gibt es bei euch einen Rabatt für Studenten?",
            "Ich möchte meinen Vertrag kündigen",
            "Where can I find your shop in Hamburg?",
            "Is there a discount for students at your shop?",
            "I want to cancel my order",
            "My router does not work since yesterday",
            "danke",
            "Ok, vielen Dank!",
            "hello",
            "thanks, bye",
            "",
            "???",
        ] {
            assert!(!is_follow_up(text, false), "{text}");
        }
    }

    #[test]
    fn the_reply_to_a_question_back_is_short_and_needs_the_question() {
        let reply = "the one with the red light";
        assert!(is_follow_up(reply, true) && !is_follow_up(reply, false));
        assert!(!is_follow_up("My parcel was left with a neighbour whom I do not know", true));
    }
}

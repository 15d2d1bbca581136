//! What does the page say, in German and in English?

use crate::domain::{Language, Sentiment};
use crate::reports::page::table_of_texts;

table_of_texts! {
    // The frame.
    kicker "Rückstandsbericht" "Backlog report";
    title "Nachrichten" "messages";
    title_one "Nachricht" "message";
    from_file "aus" "from";
    made_on "erstellt am" "made on";
    model "Modell" "Model";
    skip "Zum Inhalt" "Skip to the content";
    empty_title "Keine Zeile wurde gelesen" "No row was read";
    empty_text "Prüfen Sie, ob die Datei Zeilen hat und ob die Textspalte richtig benannt ist; was abgelehnt wurde, steht mit Grund in der Datei neben dem Ergebnis, die auf .rejected.jsonl endet." "Check that the file has rows and that the text column is named rightly; what was refused stands with its reason in the file beside the result that ends in .rejected.jsonl.";
    of "von" "of";
    definitions "So wird gezählt" "How it is counted";
    about "etwa" "about";
    rows "Nachrichten" "Messages";
    share "Anteil" "Share";
    others "weitere" "others";

    // At a glance.
    glance "Auf einen Blick" "At a glance";
    answerable "Hätte der Bot beantwortet" "The bot could have answered";
    hours "Gesparte Arbeitszeit" "Work spared";
    hours_unit "Stunden" "hours";
    minutes_unit "Minuten" "minutes";
    hours_note "bei {} Minuten je Anfrage" "at {} minutes a request";
    negative "Verärgert oder enttäuscht" "Angry or disappointed";
    uncovered "Von keinem Anliegen erfasst" "Covered by no intent";
    repeated "Wiederholungen" "Repetitions";
    incidents_tile "Vermutliche Vorfälle" "Likely incidents";
    incidents_none_note "kein Tag fällt heraus" "no day stands out";
    incidents_few_note "zu wenige Tage zum Vergleichen" "too few days to compare";
    days_note "Tage verglichen" "days compared";

    // What the bot could have answered.
    answers "Was der Bot beantwortet hätte" "What the bot could have answered";
    answers_none "Nichts: Keine Nachricht kam über die Grenze, ab der der Bot selbst antwortet." "Nothing: no message came over the limit from which the bot answers by itself.";
    answers_off "Es war keine Wissensbasis angegeben (--dir), also wurde keine Antwort gesucht." "No knowledge base was given (--dir), so no answer was looked for.";
    promise_risk "Gezählt ist, was der Bot mit den geltenden Grenzen selbst beantwortet hätte, mit freigegebenen Artikeln, Wort für Wort. Höchstens {} seiner Antworten dürfen falsch sein." "Counted is what the bot would have answered by itself within the limits in force, with approved articles, word for word. At most {} of its answers may be wrong.";
    promise_set "Gezählt ist, was der Bot selbst beantwortet hätte, mit freigegebenen Artikeln, Wort für Wort. Die Grenze, ab der er antwortet, ist von Hand gesetzt (Sicherheit {})." "Counted is what the bot would have answered by itself, with approved articles, word for word. The limit from which it answers was set by hand (confidence {}).";
    promise_nothing "Mit diesem Modell lässt sich die Vorgabe nicht einhalten; deshalb wird nichts beantwortet." "With this model the limit cannot be kept; so nothing is answered.";
    tested "Auf den Zeilen, an denen die Grenze bestimmt wurde, waren {} von {} Antworten falsch." "On the rows by which the limit was set, {} of {} answers were wrong.";
    certified "Auf zurückgehaltenen Zeilen waren {} von {} Antworten falsch; mit {} Sicherheit sind es allgemein höchstens {}." "On held-back rows, {} of {} answers were wrong; with a confidence of {}, it is at most {} in general.";
    expected "Nach der Sicherheit jeder einzelnen Antwort wären von diesen {} etwa {} falsch gewesen." "By the confidence of each single answer, about {} of these {} would have been wrong.";
    assumption "Zeitersparnis: jede Antwort spart eine Anfrage von {} Minuten, wie angegeben; Rückfragen nach einer Antwort sind nicht abgezogen." "Work spared: each answer spares a request of {} minutes, as given; questions after an answer are not taken off.";
    article "Artikel" "Article";
    confidence "Sicherheit" "Confidence";
    more_articles "Alle Artikel" "All articles";

    // Over time.
    over_time "Im Verlauf" "Over time";
    volume "Nachrichten und was der Bot beantwortet hätte" "Messages, and what the bot could have answered";
    by_bot "hätte der Bot beantwortet" "the bot could have answered";
    by_people "für Menschen" "for people";
    mood "Stimmung" "Mood";
    undated "Nachrichten ohne lesbares Datum" "messages without a readable day";
    left_out "an weit abgelegenen Tagen nicht gezeichnet" "on days far off not drawn";
    week_from "Woche ab" "week from";
    table "Zahlen" "Figures";
    time "Zeit" "Time";

    // Incidents.
    incidents "Vermutliche Vorfälle" "Likely incidents";
    incidents_none "An keinem Tag kam ein Anliegen so oft vor, dass der Zufall es nicht erklärt." "On no day did a matter come up so often that chance does not explain it.";
    incidents_few "Um Vorfälle zu erkennen, braucht es Nachrichten von mindestens {} Tagen mit Datum." "To tell incidents, messages of at least {} days with a date are needed.";
    all_matters "Alle Anliegen zusammen" "All matters together";
    instead_of "statt sonst etwa" "instead of about";
    standing_out "Vorfall" "incident";
    rather "andere Tage" "other days";
    incidents_how "Jedes Anliegen wird mit sich selbst verglichen: mit dem Median der vier Wochen davor und danach, bereinigt um den Wochentag. Kamen auch die anderen Anliegen des Tages häufiger vor, ist mehr üblich. Gemeldet wird ein Tag ab {} Nachrichten und dem Anderthalbfachen des Üblichen, wenn der Zufall ihn nicht erklärt (Poisson- oder negative Binomialverteilung, je nach Streuung); unter den gemeldeten Tagen ist höchstens jeder hundertste als Fehlalarm zu erwarten (Benjamini-Hochberg)." "Each matter is compared with itself: with the median of the four weeks before and after, corrected for the weekday. If the other matters of the day came up more often too, more is usual. A day is told from {} messages and half as many again as usual, if chance does not explain it (Poisson or negative binomial, by the scatter); among the days told, at most one in a hundred is to be expected to be a false alarm (Benjamini-Hochberg).";

    // Matters, queues and labels.
    matters "Worum es geht" "What it is about";
    intent "Anliegen" "Matter";
    column_answered "Bot" "Bot";
    column_negative "verärgert" "angry";
    column_tier_three "Stufe 3" "tier 3";
    more_matters "Alle Anliegen" "All matters";
    queues "Wer den Rest bekäme" "Who would get the rest";
    queues_means "Nachrichten, die der Bot nicht beantwortet hätte, nach den Regeln der Verteilung." "Messages that the bot would not have answered, by the routing rules.";
    queue "Warteschlange" "Queue";
    pressing "dringend" "pressing";
    tiers "Wie schwer" "How hard";
    tier_1 "Stufe 1: Standardfrage" "Tier 1: standard question";
    tier_2 "Stufe 2: braucht Wissen oder einen Blick in die Daten" "Tier 2: needs knowledge or a look into the records";
    tier_3 "Stufe 3: braucht Urteil oder Fachleute" "Tier 3: needs judgement or a specialist";
    moods "Stimmung" "Mood";
    mood_negative "negativ" "negative";
    mood_neutral "neutral" "neutral";
    mood_positive "positiv" "positive";
    languages "Sprache" "Language";

    // Clusters.
    clusters "Was kein Anliegen erfasst" "What no intent covers";
    clusters_note "von keinem Anliegen erfasst, {} unsicher zugeordnet" "covered by no intent, {} placed unsurely";
    clusters_none "Keine größere Gruppe gleicht sich." "No larger group is alike.";
    clusters_all_covered "Jede Nachricht wurde sicher einem Anliegen zugeordnet." "Every message was placed with an intent for sure.";
    cluster_unplaced "davon von keinem Anliegen erfasst" "of it covered by no intent";
    cluster_nearest "am nächsten" "nearest";
    clusters_rest "{} gleichen zu wenigen anderen (Gruppen unter {} sind weggelassen)" "{} are like too few others (groups below {} are left out)";
    clusters_smaller "{} in kleineren Gruppen" "{} in smaller groups";
    clusters_how "Nachrichten außerhalb aller Anliegen und solche, deren Anliegen unsicher ist (unter 50 %), sind nach Bedeutung und Worten zusammengelegt. Ab 20.000 steht eine zufällige Auswahl für alle, und die Größen sind hochgerechnet. Der Name besteht aus Wörtern, die in der Gruppe häufig und sonst selten sind; er ist ein Vorschlag. Die Beispiele stehen der Mitte der Gruppe am nächsten." "Messages outside all intents and those whose intent is unsure (below 50%) are put together by meaning and words. From 20,000 on, a random sample stands for all, and sizes are extrapolated. The name is made of words that are frequent in the group and rare elsewhere; it is a suggestion. The examples are nearest to the middle of the group.";

    // Repetitions.
    repeats "Was immer wieder kam" "What came again and again";
    repeats_note "wiederholen eine frühere fast wörtlich" "repeat an earlier one almost word for word";
    message "Nachricht" "Message";
    first_row "ab Zeile" "from row";
    repeats_how "Verglichen wird der Wortlaut ohne Groß- und Kleinschreibung, Zahlen, Anrede und Gruß; ab vier Fünfteln Übereinstimmung gilt eine Nachricht als Wiederholung. Gleiches in anderen Worten wird nicht erkannt." "The wording is compared without case, numbers, salutation and closing; from four fifths in common on, a message counts as a repetition. The same in other words is not told.";

    privacy "Die Beispiele sind Worte von Kundinnen und Kunden. Nummern und Adressen sind verdeckt, Namen nicht: Geben Sie den Bericht nur weiter, wo die Nachrichten gelesen werden dürfen." "The examples are customers' words. Numbers and addresses are masked, names are not: pass the report on only where the messages may be read.";
}

impl Texts {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::De => &GERMAN,
            Language::En => &ENGLISH,
        }
    }

    pub(super) fn mood_name(&self, mood: Sentiment) -> &'static str {
        match mood {
            Sentiment::Negative => self.mood_negative,
            Sentiment::Neutral => self.mood_neutral,
            Sentiment::Positive => self.mood_positive,
        }
    }

    pub(super) fn tier_name(&self, tier: u8) -> &'static str {
        match tier {
            1 => self.tier_1,
            2 => self.tier_2,
            _ => self.tier_3,
        }
    }
}

/// A sentence with its gaps filled, in order.
pub(super) fn fill(sentence: &str, values: &[String]) -> String {
    let mut parts = sentence.split("{}");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for (part, value) in parts.zip(values) {
        filled.push_str(value);
        filled.push_str(part);
    }
    filled
}

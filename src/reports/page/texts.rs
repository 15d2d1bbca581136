//! What does the page say, in German and in English?

use crate::domain::{Channel, Language};
use crate::reports::{AskError, ReportError};

/// Makes the type and both languages from one table, so that no text lacks its translation.
macro_rules! table_of_texts {
    ($($name:ident $german:literal $english:literal;)+) => {
        /// All texts of the page in one language.
        pub(super) struct Texts {
            $(pub(super) $name: &'static str,)+
        }

        static GERMAN: Texts = Texts { $($name: $german,)+ };
        static ENGLISH: Texts = Texts { $($name: $english,)+ };
    };
}
pub(crate) use table_of_texts;

table_of_texts! {
    // The frame.
    title "Berichte" "Reports";
    skip "Zum Inhalt" "Skip to the content";
    console "Konsole" "Console";
    pages "Seiten" "Pages";
    other_language "English" "Deutsch";
    made_at "Stand" "As of";
    json "Alles als JSON" "All as JSON";

    // Time and filters.
    period "Zeitraum" "Period";
    today "Heute" "Today";
    days_7 "7 Tage" "7 days";
    days_30 "30 Tage" "30 days";
    days_90 "90 Tage" "90 days";
    from "Von" "From";
    to "Bis" "To";
    channel "Kanal" "Channel";
    queue "Warteschlange" "Queue";
    language "Sprache" "Language";
    all "alle" "all";
    show "Anzeigen" "Show";
    filter "Zeitraum und Filter" "Period and filters";
    without_filter "Filter entfernen" "Remove filters";
    problem "So geht es nicht" "This does not work";

    // Nothing to show.
    empty_title "Noch keine Nachrichten" "No messages yet";
    empty_text "Sobald Kundinnen und Kunden schreiben, stehen hier Zahlen. Zum Ausprobieren: Öffnen Sie die Seite mit dem Chat-Fenster, schreiben Sie eine Nachricht und laden Sie diese Seite neu." "As soon as customers write, there are figures here. To try it out, open the page with the chat window, write a message, and load this page again.";
    empty_link "Zur Seite mit dem Chat" "To the page with the chat";
    nothing_title "In diesem Zeitraum war nichts" "Nothing happened in this period";
    nothing_text "Wählen Sie einen längeren Zeitraum oder entfernen Sie Filter." "Choose a longer period, or remove filters.";

    // What rises.
    rising "Ungewöhnlich viele Anfragen" "Unusually many requests";
    rising_messages "Nachrichten" "messages";
    rising_expected "üblich wären" "usual would be";
    rising_since "seit" "since";
    rising_incident "Vermutlich ist etwas passiert." "Something has probably happened.";
    rising_how "Verglichen werden die letzten 3 Stunden des Zeitraums mit denselben Stunden der 7 Tage davor. Gemeldet wird ein Anliegen, wenn sowohl seine Zahl (exakter Test zweier Poisson-Zahlen) als auch sein Anteil an allen Nachrichten (exakter Test nach Fisher) höher sind, als der Zufall erklärt, ab 5 Nachrichten. Höchstens bei einem von hundert Blicken ist es ein Fehlalarm; die Wahrscheinlichkeit ist dafür mit der Zahl der verglichenen Anliegen malgenommen (Bonferroni)." "The last 3 hours of the period are compared with the same hours of the 7 days before. A matter is reported if both its number (exact test of two Poisson counts) and its share of all messages (Fisher's exact test) are higher than chance explains, from 5 messages on. At most one look in a hundred is a false alarm; for that, the probability is multiplied by the number of matters compared (Bonferroni).";
    rising_none "Kein Anliegen kommt in den letzten 3 Stunden ungewöhnlich oft vor." "No matter comes up unusually often in the last 3 hours.";
    rising_too_young "Ob ein Anliegen ungewöhnlich oft vorkommt, lässt sich erst sagen, wenn ein Tag zum Vergleichen da ist." "Whether a matter comes up unusually often can be told once there is a day to compare with.";

    // The figures.
    figures "Auf einen Blick" "At a glance";
    before "zum Zeitraum davor" "on the period before";
    points "Pkt." "pts";
    definitions "So wird gezählt" "How it is counted";
    messages "Nachrichten" "Messages";
    messages_note "Gespräche" "conversations";
    messages_means "Nachrichten von Kundinnen und Kunden im Zeitraum; als Gespräche zählen jene, die darin begonnen haben." "Customers' messages in the period; the conversations are those that began in it.";
    contained "Vom Bot gelöst" "Answered by the bot";
    contained_note "beendeten Gesprächen" "conversations that are over";
    contained_means "Von den Gesprächen, die im Zeitraum begonnen haben und beendet sind (30 Minuten kein Wort der Kundin oder des Kunden): die ohne Ticket, bei denen zuletzt, Höflichkeiten nicht mitgezählt, eine Antwort gegeben wurde. Schweigen nach einer Antwort gilt als gelöst." "Of the conversations that began in the period and are over (no word from the customer for 30 minutes): those without a ticket in which the last decision, courtesies aside, was an answer. Silence after an answer counts as settled.";
    escalated "An Menschen übergeben" "Handed to people";
    escalated_note "begonnenen Gesprächen" "conversations begun";
    escalated_means "Von den Gesprächen, die im Zeitraum begonnen haben: die, zu denen ein Ticket eröffnet wurde." "Of the conversations that began in the period: those for which a ticket was opened.";
    first_contact "Beim ersten Kontakt gelöst" "Settled at first contact";
    first_contact_note "abgeschlossenen Gesprächen" "finished conversations";
    first_contact_means "Von den beendeten Gesprächen ohne offenes Ticket: die in einem Zug erledigten, durch eine Antwort des Bots oder durch ein einziges Ticket, das eine Person gelöst hat, ohne Weitergabe, ohne Wiedereröffnung und ohne eine spätere Nachricht. Nicht dazu zählen mit 1 oder 2 bewertete und solche, deren Kundin oder Kunde (soweit bekannt) binnen 7 Tagen ein neues Gespräch begann." "Of the conversations that are over and have no open ticket: those settled in one go, by an answer of the bot or by a single ticket that one person resolved, never handed on, never reopened and without a later message. Not among them are those rated 1 or 2 and those whose customer (as far as known) began another conversation within 7 days.";
    first_response "Erste Antwort" "First response";
    first_response_means "Von der Eröffnung eines Tickets bis zur ersten Antwort eines Menschen, rund um die Uhr gezählt, für im Zeitraum eröffnete Tickets: Die Hälfte wartete höchstens so lange wie der Median, neun von zehn höchstens so lange wie der zweite Wert." "From the opening of a ticket to a person's first reply, counted around the clock, for tickets opened in the period: half of them waited no longer than the median, nine of ten no longer than the second figure.";
    service_level "Zusage gehalten" "Promise kept";
    service_level_note "fälligen Tickets" "tickets due";
    service_level_means "Von den im Zeitraum eröffneten Tickets, deren erste Antwort gegeben oder überfällig ist: die rechtzeitig beantworteten. Die Frist folgt den Regeln der Verteilung und achtet auf Öffnungszeiten; wer ein Ticket ohne Worte löst, hat geantwortet." "Of the tickets opened in the period whose first answer was given or is overdue: those answered in time. The time due follows the routing rules and heeds opening hours; resolving a ticket without words counts as an answer.";
    resolution "Bis zur Lösung" "Time to resolution";
    resolution_means "Von der Eröffnung eines Tickets bis zu seiner letzten Lösung, rund um die Uhr gezählt, für im Zeitraum eröffnete und jetzt gelöste Tickets." "From the opening of a ticket to its last resolution, counted around the clock, for tickets opened in the period that are resolved now.";
    satisfied "Zufrieden" "Satisfied";
    satisfied_note "Bewertungen" "ratings";
    count "Anzahl" "Number";
    satisfied_means "Von den im Zeitraum abgegebenen Bewertungen: die mit 4 oder 5 von 5." "Of the ratings given in the period: those of 4 or 5 out of 5.";
    mean "im Mittel" "on average";
    open "Offene Tickets" "Open tickets";
    open_means "Am Ende des Zeitraums (oder jetzt) nicht gelöste Tickets, wann auch immer sie eröffnet wurden; überfällig sind unbeantwortete des Zeitraums, deren Frist vorbei ist." "Tickets not resolved at the end of the period (or now), whenever they were opened; overdue are unanswered ones of the period whose time is up.";
    overdue "überfällig" "overdue";
    reopened "Wieder eröffnet" "Reopened";
    reopened_note "gelösten Tickets" "resolved tickets";
    reopened_means "Von den im Zeitraum eröffneten und mindestens einmal gelösten Tickets: die wieder eröffneten." "Of the tickets opened in the period that were resolved at least once: those that were opened again.";
    of "von" "of";
    nine_of_ten "9 von 10 bis" "9 of 10 within";

    // Over time.
    over_time "Im Verlauf" "Over time";
    volume "Nachrichten und was aus ihnen wurde" "Messages and what became of them";
    answered "beantwortet" "answered";
    talked "Rückfrage oder Höflichkeit" "question back or courtesy";
    handed_over "übergeben" "handed over";
    to_people "im Gespräch mit Menschen" "in talks with people";
    tickets "Tickets" "Tickets";
    opened "eröffnet" "opened";
    resolved "gelöst" "resolved";
    feeling "Stimmung und Zufriedenheit" "Mood and satisfaction";
    mood "Stimmung der Nachrichten" "Mood of the messages";
    mood_means "Stimmung jeder Nachricht, wie das Modell sie liest." "The mood of each message, as the model reads it.";
    negative "negativ" "negative";
    neutral "neutral" "neutral";
    positive "positiv" "positive";
    table "Zahlen" "Figures";
    time "Zeit" "Time";

    // Waiting.
    waiting "Wartezeit und Zusagen" "Waiting and promises";
    by_channel "Nach Kanal" "By channel";
    by_queue "Nach Warteschlange" "By queue";
    ninety "9 von 10" "9 of 10";

    // Satisfaction.
    satisfaction "Bewertungen" "Ratings";
    no_ratings "Im Zeitraum wurde nicht bewertet." "There are no ratings in this period.";
    score "Bewertung" "Score";

    // Intents.
    intents "Worum es geht" "What it is about";
    intent "Anliegen" "Matter";
    share "Anteil" "Share";
    out_of_scope "nicht zuzuordnen" "out of scope";
    more_intents "Alle Anliegen" "All matters";

    // People.
    agents "Auslastung" "Workload";
    agents_means "Übernommene und gelöste Tickets und Antworten im Zeitraum; die Bearbeitung zählt vom Übernehmen eines Tickets bis zu seiner Lösung." "Tickets taken, tickets resolved and replies in the period; handling runs from taking a ticket to resolving it.";
    agent "Person" "Person";
    claimed "übernommen" "taken";
    replies "Antworten" "replies";
    handling "Bearbeitung (Median)" "handling (median)";
    no_agents "Im Zeitraum hat niemand an Tickets gearbeitet." "Nobody worked on tickets in this period.";

    // Gaps.
    gaps "Wissenslücken" "Knowledge gaps";
    gaps_means "Fragen, zu denen der Bot keinen passenden Artikel fand oder die er nicht einordnen konnte. Ärger, Gefahr, der Wunsch nach einem Menschen und Anliegen, die einen Blick in die Kundendaten brauchen, zählen nicht: Ein Artikel hätte da nicht geholfen. Die neuesten 500 sind nach ihrer Bedeutung zusammengelegt, mit den Vektoren des Modells, das auch die Nachrichten liest." "Questions for which the bot found no fitting article, or which it could not place. Anger, danger, the wish for a person and matters that need a look into the customer's records are left out: an article would not have helped. The latest 500 are put together by meaning, with the vectors of the model that reads the messages.";
    gaps_saves "Tickets hätte ein Artikel höchstens gespart" "tickets at most saved by an article";
    gaps_saves_one "Ticket hätte ein Artikel höchstens gespart" "ticket at most saved by an article";
    gap_questions "Fragen" "questions";
    gap_tickets "Tickets" "tickets";
    gap_latest "zuletzt" "latest";
    gap_start "Artikel beginnen" "Begin an article";
    gap_single "stehen allein" "stand alone";
    gap_pending "sind noch nicht gelesen; beim nächsten Laden geht es weiter" "have not been read yet; loading the page again goes on";
    no_gaps "Keine offenen Fragen im Zeitraum: Zu allem, was ein Artikel beantworten kann, gab es einen." "No open questions in this period: whatever an article can answer had one.";
    gaps_alone "Keine zwei der offenen Fragen gleichen sich." "No two of the open questions are alike.";

    // Drafts.
    draft "Entwurf eines Artikels" "Draft of an article";
    draft_means "Der Entwurf wird als Datei in den Ordner des Wissens geschrieben. Der Bot sagt ihn nicht, bis in der Datei status = \"approved\" steht." "The draft is written as a file into the knowledge folder. The bot does not say it until the file says status = \"approved\".";
    draft_title "Titel" "Title";
    draft_language "Sprache" "Language";
    draft_intents "Anliegen, durch Kommas getrennt" "Matters, separated by commas";
    draft_questions "Fragen, eine in jeder Zeile" "Questions, one a line";
    draft_questions_hint "So haben Menschen gefragt; nehmen Sie Namen und Nummern heraus." "This is how people asked; take names and numbers out.";
    draft_text "Antwort (Markdown), auch später" "Answer (Markdown), or later";
    draft_write "Entwurf schreiben" "Write the draft";
    draft_back "Zurück zu den Berichten" "Back to the reports";
    draft_written "Der Entwurf ist geschrieben" "The draft is written";
    draft_next "Schreiben Sie dort die Antwort, lassen Sie sie prüfen und setzen Sie dann status = \"approved\"." "Write the answer there, have it checked, and then set status = \"approved\".";
}

impl Texts {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::De => &GERMAN,
            Language::En => &ENGLISH,
        }
    }
}

/// The name of a channel for people.
pub(super) fn channel(channel: Channel, language: Language) -> &'static str {
    let (german, english) = match channel {
        Channel::Chat => ("Chat", "Chat"),
        Channel::Email => ("E-Mail", "E-mail"),
        Channel::Phone => ("Telefon", "Phone"),
        Channel::Social => ("Soziale Netze", "Social networks"),
        Channel::Messenger => ("Messenger", "Messenger"),
        Channel::Form => ("Formular", "Form"),
    };
    pick(language, german, english)
}

/// The name of a language for people.
pub(crate) fn language_name(name: Language, language: Language) -> &'static str {
    match name {
        Language::De => pick(language, "Deutsch", "German"),
        Language::En => pick(language, "Englisch", "English"),
    }
}

/// What was wrong with a request.
pub(super) fn problem(error: &ReportError, language: Language) -> String {
    let ReportError::Ask(problem) = error else {
        return match error {
            ReportError::UnknownQueue { queue, .. } => {
                let german = "Diese Warteschlange gibt es nicht";
                format!("{}: {queue}", pick(language, german, "There is no such queue"))
            }
            _ => pick(
                language,
                "In diesem Zeitraum ist zu viel geschehen. Wählen Sie einen kürzeren.",
                "Too much happened in this period. Choose a shorter one.",
            )
            .to_owned(),
        };
    };
    let say = |german: &str, english: &str| pick(language, german, english).to_owned();
    match problem {
        AskError::Time { value, .. } => format!(
            "{}: {value}",
            pick(language, "Das ist kein Tag wie 2026-11-01", "This is no day such as 2026-11-01")
        ),
        AskError::Days(value) => format!(
            "{}: {value}",
            pick(language, "Das ist keine Zahl von Tagen", "This is no number of days")
        ),
        AskError::Both => say(
            "Geben Sie entweder eine Zahl von Tagen an oder Anfang und Ende.",
            "Give either a number of days or a beginning and an end.",
        ),
        AskError::Backwards { .. } => say(
            "Der Anfang liegt nach dem Ende. Tauschen Sie die beiden Tage.",
            "The beginning lies after the end. Swap the two days.",
        ),
        AskError::Future(_) => say(
            "Der Zeitraum liegt in der Zukunft. Wählen Sie einen früheren Anfang.",
            "The period lies in the future. Choose an earlier beginning.",
        ),
        AskError::TooLong => say(
            "Der Zeitraum ist länger als fünf Jahre. Wählen Sie einen kürzeren.",
            "The period is longer than five years. Choose a shorter one.",
        ),
        AskError::Channel(value) => {
            format!("{}: {value}", say("Diesen Kanal gibt es nicht", "There is no such channel"))
        }
        AskError::Language(value) => {
            format!("{}: {value}", say("Diese Sprache gibt es nicht", "There is no such language"))
        }
    }
}

fn pick<'a>(language: Language, german: &'a str, english: &'a str) -> &'a str {
    match language {
        Language::De => german,
        Language::En => english,
    }
}

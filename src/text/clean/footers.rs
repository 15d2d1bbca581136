//! Which lines does a mail program or a legal department add?

use std::sync::LazyLock;

use regex::Regex;

/// "Von meinem iPhone gesendet", at the end of a line.
static DEVICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)(?: ^\W* | [.!?:)]\s+ ) (?P<footer>
            von\ meinem\ (?:\S+\ ){1,4}gesendet
          | (?:diese\ (?:nachricht|e-?mail)\ wurde\ )? von\ meinem\ .{2,60}\ gesendet
          | gesendet\ (?: von\ (?:meinem|mail|outlook|yahoo) | mit\ (?:der|dem|outlook) ) (?:\ \S+){0,6}
          | sent\ (?: from\ my | from\ (?:mail|outlook|yahoo|samsung) | via ) (?:\ \S+){1,4}
          | get\ outlook\ for\ \S+ | outlook\ f(?:ü|ue)r\ (?:ios|android)(?:\ \S+){0,2}
          | (?:diese\ e-?mail\ wurde|this\ e-?mail\ (?:was|has\ been))\ .{0,40}
            (?:viren|avast|avg|virus).{0,60}
          | (?:virenfrei|virus-free)\b.{0,40}
        ) \W*$",
    )
    .expect("a fixed pattern")
});

/// First line of a legal notice.
static NOTICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\W* (?:
            (?:wichtiger\ hinweis\W+|hinweis\W+|wichtig\W+)?
            (?:diese|die\ in\ dieser)\ (?:e-?mail|nachricht|mail|elektronische)\b.{0,160}
              (?:vertraulich|rechtlich\ gesch(?:ü|ue)tzt|ausschlie(?:ß|ss)lich\ f(?:ü|ue)r)
          | der\ inhalt\ dieser\ (?:e-?mail|nachricht)\b
          | (?:wenn|falls|sollten)\ sie\ nicht\ der\ (?:richtige|vorgesehene|beabsichtigte|adressat)
          | (?:important\W+|notice\W+)?
            this\ (?:e-?mail|message|communication)\b.{0,160}(?:confidential|privileged|intended)
          | the\ (?:information|contents?)\ (?:contained\ )?(?:in|of)\ this\ (?:e-?mail|message)\b
          | if\ you\ (?:are\ not\ the\ intended|have\ received\ this|received\ this)
          | confidentiality\ notice | vertraulichkeitshinweis | haftungsausschluss\s*: | disclaimer\s*:
          | (?:please\ consider|bitte\ denken|bitte\ pr(?:ü|ue)fen|denken\ sie|think\ before)
            .{0,60}(?:umwelt|environment|ausdrucken|printing|you\ print)
          | (?:sitz\ der\ gesellschaft|gesch(?:ä|ae)ftsf(?:ü|ue)hr(?:er|ung|erin)|registergericht)\s*:
          | .{0,60}\bamtsgericht\b.{0,40}\bhr[ab]\b | registered\ (?:office|in\ england)\b
        )",
    )
    .expect("a fixed pattern")
});

/// What a company's mail server writes above a mail from outside.
static BANNER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\W* (?: (?:caution|achtung|warnung|warning|vorsicht|hinweis|external|extern(?:e)?)\b .{0,60}
            \b(?:e-?mail|nachricht|message|mail|sender|absender)\b .{0,80}
            \b(?:outside|extern(?:al|er|en|e)?|au(?:ß|ss)erhalb)\b
          | (?:you\ don't\ often\ get|sie\ erhalten\ nicht\ h(?:ä|ae)ufig)\b.{0,40}\b(?:e-?mails?)\b
        )",
    )
    .expect("a fixed pattern")
});

/// What Lotse itself notes below the words of a mail: files that came along, numbers that only its
/// history names, where answers are wanted, and that it was cut.
static NOTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\[(?:Anlagen?|Attachments?|Im Verlauf genannt|Named in the history|Antworten an|Answers to|Gekürzt|Shortened): .*\]$",
    )
    .expect("a fixed pattern")
});

/// The lines without footers. A notice ends with its paragraph, and only what follows other words
/// is one: a message may open with "Diese Nachricht ist vertraulich".
pub(super) fn without(lines: Vec<&str>) -> Vec<&str> {
    let mut kept: Vec<&str> = Vec::with_capacity(lines.len());
    let mut in_notice = false;
    for line in lines {
        let blank = line.trim().is_empty();
        in_notice = !blank && (in_notice || is_notice(line, &kept) || BANNER.is_match(line));
        if in_notice || NOTED.is_match(line) {
            continue;
        }
        let end = DEVICE
            .captures(line)
            .and_then(|hit| hit.name("footer"))
            .map_or(line.len(), |footer| footer.start());
        kept.push(&line[..end]);
    }
    kept
}

fn is_notice(line: &str, before: &[&str]) -> bool {
    before.iter().any(|line| !line.trim().is_empty()) && NOTICE.is_match(line)
}

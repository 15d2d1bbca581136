//! Which lines are an earlier message, quoted below or between the new words?

use std::sync::LazyLock;

use regex::Regex;

/// Lines over which mail programs wrap "On …, X wrote:".
const MOST_HEADER_LINES: usize = 3;
/// Lines in which a block "Von: / Gesendet: / An: / Betreff:" has its first fields.
const BLOCK_LINES: usize = 5;

/// "Am 3.4.2026 um 10:12 schrieb X:", "On Mon, 3 Apr 2026 X wrote:". A date in it is a must.
static REPLY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\s* (?:
            (?:am|on|den)\ .*[0-9].*\ (?: schrieb (?:\ .+)? | wrote | hat\ .+\ geschrieben )
          | [^>]{2,80}(?:<[^>]+>)?\ (?: schrieb\ am | wrote\ on )\ .*20[0-9]{2}.*
        ) \s*:\s*$",
    )
    .expect("a fixed pattern")
});

/// The writer tells of a letter: "Am 3.4. schrieb ich:", "Am 3.4. hat mir Ihr Kollege geschrieben:".
static OWN_LETTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)schrieb (?:ich|wir|mir|uns)(?:[ :]|$)| (?:i|we) wrote|(?:habe|haben) (?:ich|wir) |hat (?:mir|uns) ",
    )
    .expect("a fixed pattern")
});

/// What mail programs write in that line, and people who tell of a letter do not: a time of day, or
/// an address.
static EXACT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b[0-9]{1,2}:[0-9]{2}\b|\b[0-9]{1,2}\.[0-9]{2} uhr|\S@\S")
        .expect("a fixed pattern")
});

static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\s* (?:
            [-_=*]{2,}\s* (?: urspr(?:ü|ue|u)ngliche\ (?:nachricht|e-?mail|mail)
              | original[\ -]?(?:nachricht|message|mail) | forwarded\ message
              | weitergeleitete\ (?:nachricht|e-?mail|mail) | antwort ) \s*[-_=*]*
          | anfang\ der\ weitergeleiteten\ nachricht\s?: | begin\ forwarded\ message\s?:
        ) \s*$",
    )
    .expect("a fixed pattern")
});

static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^[\s*_]* (?: (?P<from>von|from) | (?P<sent>gesendet(?:\ am)?|sent|datum|date)
          | an | to | cc | kopie | betreff | subject ) [\s*_]* : [\s*_]* \S",
    )
    .expect("a fixed pattern")
});

/// All fields in one line, as some web mailers write them.
static ONE_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*\*?(?:von|from):\*? .{2,100} \*?(?:gesendet|sent|datum|date):\*? ")
        .expect("a fixed pattern")
});

/// For each line, whether the writer wrote it now.
pub(super) fn own(lines: &[&str]) -> Vec<bool> {
    let mut own = vec![true; lines.len()];
    let mut line = 0;
    while line < lines.len() {
        if let Some(length) = reply_header(&lines[line..]) {
            let below = line + length;
            let marked = lines[below..].iter().find(|line| !line.trim().is_empty());
            if marked.is_some_and(|line| is_marked(line)) {
                // Only the marked lines are quoted; the answer may stand below them.
                own[line..below].fill(false);
                line = below;
                continue;
            }
            if lines[line..below].iter().any(|line| EXACT.is_match(line)) {
                own[line..].fill(false);
                break;
            }
        }
        if SEPARATOR.is_match(lines[line]) || is_header_block(&lines[line..]) {
            own[rule_above(lines, line)..].fill(false);
            break;
        }
        line += 1;
    }
    leave_out_marked(lines, &mut own);
    own
}

/// Where the quoted mail begins whose head stands in that line: Outlook draws a line above it.
fn rule_above(lines: &[&str], head: usize) -> usize {
    let above = lines[..head].iter().rposition(|line| !line.trim().is_empty());
    let is_rule = |line: &str| {
        let line = line.trim();
        line.len() >= 5 && line.bytes().all(|byte| matches!(byte, b'_' | b'-' | b'=' | b'*'))
    };
    above.filter(|above| is_rule(lines[*above])).unwrap_or(head)
}

/// Lines that begin with ">". A single one that goes on with a number is a comparison.
fn leave_out_marked(lines: &[&str], own: &mut [bool]) {
    let marked: Vec<usize> = (0..lines.len()).filter(|line| is_marked(lines[*line])).collect();
    let comparison = |line: usize| {
        lines[line].trim_start_matches(['>', ' ']).starts_with(|sign: char| sign.is_ascii_digit())
    };
    if let [only] = marked[..]
        && comparison(only)
    {
        return;
    }
    for line in marked {
        own[line] = false;
    }
}

fn is_marked(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('>') && !line.ends_with('<')
}

/// Lines of the reply header that begins here.
fn reply_header(lines: &[&str]) -> Option<usize> {
    let mut header = String::new();
    for (index, line) in lines.iter().take(MOST_HEADER_LINES).enumerate() {
        if index == 0 && !begins_header(line) {
            return None;
        }
        if !header.is_empty() {
            header.push(' ');
        }
        header.push_str(line.trim());
        if header.ends_with(':') {
            let hit = REPLY.is_match(&header) && !OWN_LETTER.is_match(&header);
            return hit.then_some(index + 1);
        }
    }
    None
}

/// Spares most lines the search for a header.
fn begins_header(line: &str) -> bool {
    let start = line.trim_start().as_bytes();
    let first =
        |word: &[u8]| start.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    first(b"am ") || first(b"on ") || first(b"den ") || line.trim_end().ends_with(':')
}

/// "Von:" and "Gesendet:" with a third field near them.
fn is_header_block(lines: &[&str]) -> bool {
    if ONE_LINE.is_match(lines[0]) {
        return true;
    }
    let begins = FIELD
        .captures(lines[0])
        .is_some_and(|field| field.name("from").or(field.name("sent")).is_some());
    if !begins {
        return false;
    }
    let fields: Vec<_> = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .take(BLOCK_LINES)
        .map_while(|line| FIELD.captures(line))
        .collect();
    let has = |name| fields.iter().any(|field| field.name(name).is_some());
    fields.len() >= 3 && has("from") && has("sent")
}

//! Which lines does a mail program or a legal department add?

use std::sync::LazyLock;

use regex::Regex;

/// "Von meinem iPhone gesendet", at the end of a line. Devices and mail programs are named: what was
/// sent by post or parcel service is the customer's matter.
static DEVICE: LazyLock<Regex> = LazyLock::new(|| {
    let device = "(?:iphone|ipad|ipod|imac|macbook|mac|apple|handy|smartphone|mobile|mobil|phone|tablet|\
        android|samsung|galaxy|huawei|xiaomi|redmi|pixel|sony|xperia|nokia|motorola|moto|oneplus|\
        oppo|honor|fairphone|blackberry|windows|ger(?:ä|ae)t|device)";
    let program = "(?:outlook|gmx|web\\.de|t-online|telekom|freenet|vodafone|1&1|ionos|gmail|\
        yahoo|aol|thunderbird|spark|proton|protonmail|bluemail|aquamail|fairemail|superhuman|\
        canary|edison|k-9|mail[.-]?app|e-?mail[.-]?app)";
    Regex::new(&format!(
        r"(?ix)(?: ^\W* | [.!?:)]\s+ ) (?P<footer>
            (?:diese\ (?:nachricht|e-?mail)\ wurde\ )?
              von\ meinem\ (?:\S+\ ){{0,3}}? {device}\S* (?:\ \S+){{0,6}}?\ gesendet
          | gesendet\ von\ meinem\ (?:\S+\ ){{0,3}}? {device}\S* (?:\ \S+){{0,4}}
          | gesendet\ (?:von|mit|(?:ü|ue)ber)\ (?:(?:der|dem|meiner|meinem)\ )? {program}\b (?:\ \S+){{0,5}}
          | gesendet\ von\ mail(?:\ f(?:ü|ue)r\ windows(?:\ \S+)?)?
          | sent\ from\ my\ (?:\S+\ ){{0,3}}? {device}\S* (?:\ \S+){{0,4}}
          | sent\ (?:from|via|with|using)\ (?:the\ )? {program}\b (?:\ \S+){{0,4}}
          | sent\ from\ (?:the\ )?samsung\ (?:\S+\ ?){{1,3}}
          | sent\ from\ mail(?:\ for\ windows(?:\ \S+)?)?
          | get\ outlook\ for\ \S+ | outlook\ f(?:ü|ue)r\ (?:ios|android)(?:\ \S+){{0,2}}
          | diese\ e-?mail\ wurde\ .{{0,40}}(?:auf\ viren\ (?:gepr(?:ü|ue)ft|untersucht)|avast|avg).{{0,60}}
          | this\ e-?mail\ (?:was|has\ been)\ (?:checked|scanned)\ .{{0,40}}(?:virus|avast|avg).{{0,60}}
          | (?:virenfrei|virus-free)\W+(?:www\.)?(?:avast|avg)\b.{{0,40}}
        ) \W*$"
    ))
    .expect("a fixed pattern")
});

/// First line of a legal notice.
static NOTICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\W* (?:
            (?:wichtiger\ hinweis\W+|hinweis\W+|wichtig\W+)?
            (?:diese|die\ in\ dieser)\ (?:e-?mail|nachricht|mail|elektronische)\b
          | der\ inhalt\ dieser\ (?:e-?mail|nachricht)\b
          | (?:wenn|falls|sollten)\ sie\ (?:diese\ (?:e-?mail|nachricht)
              | nicht\ der\ (?:(?:richtige|vorgesehene|beabsichtigte)\ )?(?:adressat|empf(?:ä|ae)nger))
          | (?:important\W+|notice\W+)? this\ (?:e-?mail|message|communication)\b
          | the\ (?:information|contents?)\ (?:contained\ )?(?:in|of)\ this\ (?:e-?mail|message)\b
          | if\ you\ (?:are\ not\ the\ (?:intended|named)
              | (?:have\ )?received\ this\ (?:e-?mail|message|communication|transmission))
          | confidentiality\ notice | vertraulichkeitshinweis | haftungsausschluss\s*: | disclaimer\s*:
        )",
    )
    .expect("a fixed pattern")
});

/// What legal notices speak of; one that speaks of two of these is one.
static MARKERS: LazyLock<[Regex; 5]> = LazyLock::new(|| {
    [
        r"(?i)vertraulich|confidential|privileged|rechtlich gesch(?:ü|ue)tzt",
        r"(?i)\b(?:adressat|empf(?:ä|ae)nger)|intended|recipient|addressee|addressed|ausschlie(?:ß|ss)lich f(?:ü|ue)r",
        r"(?i)vernicht|\bl(?:ö|oe)sch|\bdelete|\bdestroy",
        r"(?i)unbefugt|untersagt|nicht gestattet|unauthori[sz]ed|prohibited|strictly",
        r"(?i)irrt(?:ü|ue)mlich|versehentlich|in error|by mistake|notify",
    ]
    .map(|pattern| Regex::new(pattern).expect("a fixed pattern"))
});

/// One of these is enough.
static CERTAIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:intended|named) (?:recipient|addressee)|(?:vorgesehene|beabsichtigte)n? (?:adressat|empf(?:ä|ae)nger)",
    )
    .expect("a fixed pattern")
});

/// Sentences that only begin as the line of a mail program does.
static SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^von meinem .*\b(?:wurden?|wird|werden|hat|habe|kann|nichts?|ist|ich|mir)\b")
        .expect("a fixed pattern")
});

/// Who speaks of himself, or asks, writes no notice.
static OWN_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:ich|mir|mich|mein(?:e[mnrs]?)?|i|i'm|i've|my|me|mine)\b|\?")
        .expect("a fixed pattern")
});

/// Lines that companies put below every mail.
static STANDING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\W* (?:
            (?:please\ consider|bitte\ denken|bitte\ pr(?:ü|ue)fen|denken\ sie|think\ before|think\ of)\b
              (?:.{0,80}(?:umwelt|environment|e-?mail|nachricht|message))? .{0,80}
              (?:aus(?:ge)?druck|printing|\bprint\b) .{0,80}
          | (?:sitz\ der\ gesellschaft|gesch(?:ä|ae)ftsf(?:ü|ue)hr(?:er|ung|erin)|registergericht)\s*:
          | .{0,60}\bamtsgericht\b.{0,40}\bhr[ab]\b\W*[0-9]
          | registered\ office\s*: | registered\ (?:in|with)\b.{0,60}\b(?:number|no)\b
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

/// How such a banner goes on in its next lines.
static BANNER_MORE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:links?|attachments?|anh(?:ä|ae)nge|recogni[sz]e|vertrauen|safe|sicher|organi[sz]ation)\b")
        .expect("a fixed pattern")
});

/// Lines of a banner.
const BANNER_LINES: usize = 4;

/// What Lotse itself notes below the words of a mail: files that came along, numbers that only its
/// history names, where answers are wanted, and that it was cut.
static NOTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\[(?:Anlagen?|Attachments?|Im Verlauf genannt|Named in the history|Antworten an|Answers to|Nimmt keine Antworten an|Takes no answers|Von uns weitergeleitet durch|Passed on by|Gekürzt|Shortened): .*\]$",
    )
    .expect("a fixed pattern")
});

/// The lines without footers. Notices are looked for at the end alone, a banner at the beginning
/// alone, and something else must be said: whatever may be the customer's words stays.
pub(super) fn without<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let banner = banner(lines);
    let mut kept: Vec<&str> = Vec::with_capacity(lines.len());
    for line in &lines[banner] {
        if NOTED.is_match(line) {
            continue;
        }
        let end = DEVICE
            .captures(line)
            .and_then(|hit| hit.name("footer"))
            .filter(|footer| !SENTENCE.is_match(footer.as_str()))
            .map_or(line.len(), |footer| footer.start());
        kept.push(&line[..end]);
    }
    while let Some(end) = shorter(&kept) {
        kept.truncate(end);
    }
    kept
}

/// The lines below the banner, if there is one.
fn banner(lines: &[&str]) -> std::ops::RangeFrom<usize> {
    let Some(first) = lines.iter().position(|line| !line.trim().is_empty()) else { return 0.. };
    if !BANNER.is_match(lines[first]) {
        return 0..;
    }
    let more = lines[first + 1..].iter().take(BANNER_LINES - 1);
    let more = more.take_while(|line| BANNER_MORE.is_match(line) && !OWN_WORDS.is_match(line));
    first + 1 + more.count()..
}

/// Where the lines end without the last notice; none if they end with no notice.
fn shorter(lines: &[&str]) -> Option<usize> {
    let is_blank = |line: &&str| line.trim().is_empty();
    let last = lines.iter().rposition(|line| !is_blank(line))?;
    let paragraph = lines[..last].iter().rposition(is_blank).map_or(0, |blank| blank + 1);
    let begin = if STANDING.is_match(lines[last]) && !OWN_WORDS.is_match(lines[last]) {
        last
    } else {
        (paragraph..=last).find(|first| is_notice(&lines[*first..=last]))?
    };
    lines[..begin].iter().any(|line| !is_blank(line)).then_some(begin)
}

fn is_notice(lines: &[&str]) -> bool {
    if !NOTICE.is_match(lines[0]) {
        return false;
    }
    let text = lines.join(" ");
    !OWN_WORDS.is_match(&text)
        && (CERTAIN.is_match(&text)
            || MARKERS.iter().filter(|marker| marker.is_match(&text)).count() >= 2)
}

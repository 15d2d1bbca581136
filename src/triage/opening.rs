//! How do people name the moment at which a queue opens?

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::Language;

/// "morgen ab 8 Uhr", "on Monday from 8 am": the day as people name it, within a week by its name.
pub(super) fn opening(
    language: Language,
    opens: Timestamp,
    now: Timestamp,
    timezone: &TimeZone,
) -> String {
    let opens = opens.to_zoned(timezone.clone());
    let today = now.to_zoned(timezone.clone()).date();
    let days = today.until(opens.date()).map_or(i32::MAX, |span| span.get_days());
    let weekday = opens.weekday().to_monday_zero_offset() as usize;
    let month = usize::from(opens.month().unsigned_abs()) - 1;
    let (hour, minute) = (opens.hour(), opens.minute());
    match language {
        Language::De => {
            let day = match days {
                0 => "heute".to_owned(),
                1 => "morgen".to_owned(),
                2..7 => format!("am {}", WEEKDAYS_DE[weekday]),
                _ => format!("am {}. {}", opens.day(), MONTHS_DE[month]),
            };
            let minute = if minute == 0 { String::new() } else { format!(":{minute:02}") };
            format!("{day} ab {hour}{minute} Uhr")
        }
        Language::En => {
            let day = match days {
                0 => "today".to_owned(),
                1 => "tomorrow".to_owned(),
                2..7 => format!("on {}", WEEKDAYS_EN[weekday]),
                _ => format!("on {} {}", opens.day(), MONTHS_EN[month]),
            };
            let minute = if minute == 0 { String::new() } else { format!(":{minute:02}") };
            let (hour, half) = match hour {
                0 => (12, "am"),
                1..12 => (hour, "am"),
                12 => (12, "pm"),
                _ => (hour - 12, "pm"),
            };
            format!("{day} from {hour}{minute} {half}")
        }
    }
}

const WEEKDAYS_DE: [&str; 7] =
    ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];
const WEEKDAYS_EN: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS_DE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

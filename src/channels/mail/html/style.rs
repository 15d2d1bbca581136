//! What does a `style` attribute say about being seen and being quoted?

/// The declarations that matter.
#[derive(Default)]
pub(super) struct Style {
    /// Nobody sees the contents: texts for the preview in a list of mails, mostly.
    pub(super) hidden: bool,
    /// A line stands left of the contents.
    pub(super) border_left: bool,
    /// Breaks and blanks are kept.
    pub(super) preformatted: bool,
}

impl Style {
    pub(super) fn of(text: &str) -> Self {
        let mut style = Self::default();
        let (mut tiny, mut flat, mut cut) = (false, false, false);
        for declaration in text.split(';') {
            let Some((name, value)) = declaration.split_once(':') else { continue };
            let value = value.trim().to_ascii_lowercase();
            let value = value.trim_end_matches("!important").trim_end();
            match name.trim().to_ascii_lowercase().as_str() {
                "display" => style.hidden |= value == "none",
                "visibility" => style.hidden |= value == "hidden",
                "mso-hide" => style.hidden |= value == "all",
                "opacity" => style.hidden |= value == "0",
                "font-size" => tiny |= is_at_most_one(value),
                "line-height" | "max-height" | "height" | "max-width" => {
                    flat |= is_at_most_one(value);
                }
                "overflow" => cut |= value == "hidden",
                "border-left" => style.border_left |= !value.starts_with("none") && value != "0",
                "white-space" => style.preformatted |= value.starts_with("pre"),
                _ => {}
            }
        }
        // A cell without height of its own is a common frame for contents that have one.
        style.hidden |= flat && (tiny || cut);
        style
    }
}

/// Whether a length is zero or one: nobody can read that.
fn is_at_most_one(value: &str) -> bool {
    let number = value.trim_end_matches(|sign: char| sign.is_ascii_alphabetic() || sign == '%');
    let is_share = value.ends_with("em") || value.ends_with('%') || number == value;
    number.parse::<f32>().is_ok_and(|number| if is_share { number == 0.0 } else { number <= 1.0 })
}

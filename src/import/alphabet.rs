//! Which characters can a text of these languages hold? Letters by language; digits, punctuation,
//! symbols and emoji in any.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::ImportError;
use super::languages::{self, LANGUAGES};

/// Characters beside letters that messages of any language hold.
const COMMON: [std::ops::RangeInclusive<char>; 12] = [
    ' '..='~',
    '\u{a0}'..='¿',
    '×'..='×',
    '÷'..='÷',
    // General punctuation with the joiner of emoji, superscripts, currencies.
    '\u{2000}'..='\u{20cf}',
    // Letter-like signs, fractions, arrows, mathematics, technical signs.
    '℀'..='⏿',
    // Boxes, shapes, signs, dingbats.
    '─'..='⟿',
    '⬀'..='⯿',
    // What makes a sign an emoji, and keys.
    '\u{fe0e}'..='\u{fe0f}',
    '\u{20e3}'..='\u{20e3}',
    // Flags; emoji and their skin tones.
    '🇦'..='🇿',
    '🌀'..='🫿',
];

/// What a piece stands for.
#[derive(Debug)]
pub(super) enum Spelled {
    /// Characters.
    Text(String),
    /// Bytes of UTF-8, which may begin or end within a character.
    Bytes(Vec<u8>),
    /// One byte: the tokenizer falls back on these for what it has no piece for.
    Byte,
}

/// How the pieces of a vocabulary are written.
pub(super) struct Spelling {
    /// Marks pieces within a word (`##`).
    pub(super) prefix: String,
    /// Marks pieces at the end of a word (`</w>`).
    pub(super) suffix: String,
    /// Each character stands for a byte, as GPT-2 does it.
    pub(super) byte_level: bool,
    /// There are pieces `<0x00>` to `<0xFF>`.
    pub(super) byte_fallback: bool,
}

impl Spelling {
    /// What a piece stands for.
    pub(super) fn spell(&self, piece: &str) -> Spelled {
        if self.byte_fallback && piece.len() == 6 && piece.starts_with("<0x") {
            return Spelled::Byte;
        }
        let core = piece.strip_prefix(self.prefix.as_str()).unwrap_or(piece);
        let core = core.strip_suffix(self.suffix.as_str()).unwrap_or(core);
        if self.byte_level {
            let table = byte_characters();
            let bytes: Option<Vec<u8>> =
                core.chars().map(|character| table.get(&character).copied()).collect();
            match bytes {
                Some(bytes) if bytes.len() == 1 => return Spelled::Byte,
                Some(bytes) => return Spelled::Bytes(bytes),
                None => {}
            }
        }
        // The sign for a blank of SentencePiece vocabularies.
        Spelled::Text(core.replace('▁', " "))
    }
}

/// The characters that GPT-2's tokenizer writes for bytes (`bytes_to_unicode` of its encoder.py):
/// printable Latin-1 stands for itself, every other byte for one of the characters from U+0100.
fn byte_characters() -> &'static HashMap<char, u8> {
    static TABLE: std::sync::OnceLock<HashMap<char, u8>> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| {
        let mut moved = 0x100_u32;
        let mut character = |byte: u8| match byte {
            b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff => char::from(byte),
            _ => {
                moved += 1;
                char::from_u32(moved - 1).unwrap_or_default()
            }
        };
        (0..=u8::MAX).map(|byte| (character(byte), byte)).collect()
    })
}

/// The characters of some languages.
pub(super) struct Alphabet {
    characters: HashSet<char>,
    /// Beginnings, ends and inner parts of the characters' UTF-8, where it has several bytes.
    beginnings: HashSet<Vec<u8>>,
    ends: HashSet<Vec<u8>>,
    inner: HashSet<Vec<u8>>,
}

impl Alphabet {
    /// The alphabet of the languages with these ISO 639-1 codes; none without a code.
    pub(super) fn of(codes: &[String]) -> Result<Option<Self>, ImportError> {
        if codes.is_empty() {
            return Ok(None);
        }
        let mut characters: HashSet<char> = COMMON.into_iter().flatten().collect();
        for code in codes {
            let language = languages::by_code(code).ok_or_else(|| ImportError::Language {
                code: code.clone(),
                known: LANGUAGES.map(|language| language.code).join(", "),
            })?;
            for letter in language.letters.chars() {
                let cases = letter.to_uppercase().chain(letter.to_lowercase()).chain([letter]);
                // Tokenizers may take characters apart, and uncased ones drop the accents.
                characters.extend(cases.flat_map(|c| [c].into_iter().nfkd().chain([c])));
            }
        }
        Ok(Some(Self::new(characters)))
    }

    fn new(characters: HashSet<char>) -> Self {
        let [mut beginnings, mut ends, mut inner] = [const { Vec::new() }; 3];
        for character in &characters {
            let mut buffer = [0; 4];
            let bytes = character.encode_utf8(&mut buffer).as_bytes();
            for cut in 1..bytes.len() {
                beginnings.push(bytes[..cut].to_vec());
                ends.push(bytes[cut..].to_vec());
                inner.extend((1..cut).map(|start| bytes[start..cut].to_vec()));
            }
        }
        Self {
            characters,
            beginnings: beginnings.into_iter().collect(),
            ends: ends.into_iter().collect(),
            inner: inner.into_iter().collect(),
        }
    }

    /// Whether a piece stays whatever the budget: with single characters, every word can be
    /// spelled. Those of all Latin alphabets stay, since names come from anywhere.
    pub(super) fn always(&self, spelled: &Spelled) -> bool {
        let single = |text: &str| {
            let mut characters = text.trim_start_matches(' ').chars();
            match (characters.next(), characters.next()) {
                (None, _) => true,
                (Some(c), None) => self.characters.contains(&c) || is_latin_letter(c),
                _ => false,
            }
        };
        match spelled {
            Spelled::Text(text) => single(text),
            Spelled::Bytes(bytes) => std::str::from_utf8(bytes).is_ok_and(single),
            Spelled::Byte => true,
        }
    }

    /// Whether a text of the languages can hold what the piece stands for.
    pub(super) fn fits(&self, spelled: &Spelled) -> bool {
        match spelled {
            Spelled::Text(text) => self.spells(text),
            Spelled::Bytes(bytes) => self.holds(bytes),
            Spelled::Byte => true,
        }
    }

    fn spells(&self, text: &str) -> bool {
        text.chars().all(|character| self.characters.contains(&character))
    }

    /// The same for bytes that may begin or end within a character.
    fn holds(&self, bytes: &[u8]) -> bool {
        let continues = |byte: &&u8| **byte & 0b1100_0000 == 0b1000_0000;
        let head = bytes.iter().take_while(continues).count();
        if head == bytes.len() {
            return self.ends.contains(bytes) || self.inner.contains(bytes);
        }
        if head > 0 && !self.ends.contains(&bytes[..head]) {
            return false;
        }
        let rest = &bytes[head..];
        let whole = match std::str::from_utf8(rest) {
            Ok(_) => rest.len(),
            Err(error) => error.valid_up_to(),
        };
        std::str::from_utf8(&rest[..whole]).is_ok_and(|text| self.spells(text))
            && (whole == rest.len() || self.beginnings.contains(&rest[whole..]))
    }
}

fn is_latin_letter(character: char) -> bool {
    character.is_alphabetic()
        && matches!(character, 'A'..='Z' | 'a'..='z' | '\u{aa}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

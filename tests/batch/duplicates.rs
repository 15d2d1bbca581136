//! Are repetitions found, and only those?

use lotse::batch::Duplicates;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng, SeedableRng};

const WORDS: &str = "paket rechnung router vertrag lieferung gutschein tarif nummer karte handy \
    gestern heute morgen falsch kaputt verloren doppelt teuer langsam defekt neu alt bestellt \
    bezahlt erhalten geschickt gewartet angerufen geschrieben bekommen ich wir mein unser euer \
    der die das eine keine noch schon immer wieder leider bitte schnell endlich niemand jemand \
    warum wann wo wie was telefon laden kiel hamburg versand adresse konto betrag euro wochen";

fn text(random: &mut StdRng) -> String {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let count = random.random_range(12..40);
    (0..count).map(|_| *words.choose(random).expect("words")).collect::<Vec<_>>().join(" ")
}

/// The same message as somebody else would send it again.
fn varied(text: &str, random: &mut StdRng) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    match random.random_range(0..4) {
        0 => {
            // A slip of the finger: two letters swapped.
            let place = random.random_range(0..words.len());
            let mut letters: Vec<char> = words[place].chars().collect();
            if letters.len() > 3 {
                letters.swap(1, 2);
            }
            words[place] = letters.into_iter().collect();
        }
        1 => words = words.iter().map(|word| word.to_uppercase()).collect(),
        2 => words.insert(words.len() / 2, format!("NL-{}", random.random_range(10_000..99_999))),
        _ => {}
    }
    let (greeting, closing) = [
        ("Hallo Frau Petersen,\n", "\nMit freundlichen Grüßen\nJana Voss"),
        ("Guten Tag! ", " Vielen Dank im Voraus"),
        ("", " 🙂!!"),
        ("Moin, ", ", LG Tom"),
    ]
    .choose(random)
    .copied()
    .expect("ends");
    format!("{greeting}{}{closing}", words.join(" "))
}

#[test]
fn variations_are_found_and_other_messages_are_not() {
    let mut random = StdRng::seed_from_u64(8);
    let mut duplicates = Duplicates::new();
    let originals: Vec<String> = (0..2_000).map(|_| text(&mut random)).collect();
    let mut number = 0;
    let mut wrong = 0;
    for original in &originals {
        number += 1;
        wrong += usize::from(duplicates.group(number, original).is_some());
    }
    assert_eq!(wrong, 0, "messages of their own taken for repetitions");
    let (mut found, mut elsewhere) = (0, 0);
    for (index, original) in originals.iter().enumerate() {
        number += 1;
        match duplicates.group(number, &varied(original, &mut random)) {
            Some(first) if first == index as u64 + 1 => found += 1,
            Some(_) => elsewhere += 1,
            None => {}
        }
    }
    assert_eq!(elsewhere, 0, "repetitions of another message");
    assert!(found >= 1_900, "{found} of 2,000 repetitions found");
}

#[test]
fn what_differs_in_more_than_courtesies_stays_apart() {
    let mut duplicates = Duplicates::new();
    for (number, text) in [
        "Ich möchte meinen Vertrag kündigen",
        "Ich möchte meinen Vertrag verlängern",
        "Wo ist mein Paket?",
        "Wo ist mein Geld?",
        "ja",
        "nein",
        "Der Router blinkt rot, es gibt seit heute kein Internet in Kiel",
        "Die Rechnung ist rot, es gibt seit heute keinen Rabatt in Kiel",
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(duplicates.group(number as u64 + 1, text), None, "{text}");
    }
    for (text, first) in [
        ("wo ist mein paket", 3),
        ("Hallo zusammen, WO IST MEIN PAKET?! Danke", 3),
        ("Ja!", 5),
        ("Der Router blinkt rot; es gibt seit heute kein Internet in Kiel. MfG Jan", 7),
        ("der router blinkt rot, es gibt seit heute kein internet in  kiel 2026", 7),
    ] {
        assert_eq!(duplicates.group(100, text), Some(first), "{text}");
    }
    assert_eq!(duplicates.group(101, "   "), None);
    assert_eq!(duplicates.group(102, "   "), None);
}

#[test]
fn groups_that_rows_still_join_outlive_the_window() {
    let mut random = StdRng::seed_from_u64(9);
    let mut duplicates = Duplicates::new();
    let again = "Guten Tag, die Abrechnung vom letzten Monat stimmt an mehreren Stellen nicht";
    let once = "Können Sie mir bitte sagen, wie ich die Rufnummer zu Ihnen mitnehmen kann";
    assert_eq!((duplicates.group(1, again), duplicates.group(2, once)), (None, None));
    for number in 3..160_000_u64 {
        let text = if number % 20_000 == 0 {
            format!("{again}, siehe Anlage {number}")
        } else {
            // Different in every row, so that each takes a place.
            (0..50).map(|_| random.random_range('a'..='z')).collect()
        };
        let found = duplicates.group(number, &text);
        assert!(number % 20_000 != 0 || found == Some(1), "{number}: {found:?}");
    }
    let near = format!("{once} in Kiel");
    assert_eq!(duplicates.group(200_000, &near), None, "out of reach, as documented");
}

proptest! {
    #[test]
    fn groups_point_to_an_earlier_first_row_and_come_out_the_same(
        texts in prop::collection::vec("(wo ist |wann kommt |ich suche )?(mein |dein )?[ab]{0,3}(paket|geld|handy und der router)( 12)?", 0..40),
    ) {
        let run = || -> Vec<Option<u64>> {
            let mut duplicates = Duplicates::new();
            texts.iter().zip(1..).map(|(text, number)| duplicates.group(number, text)).collect()
        };
        let groups = run();
        for (group, number) in groups.iter().zip(1_u64..) {
            if let Some(first) = group {
                prop_assert!(*first < number);
                prop_assert_eq!(groups[*first as usize - 1], None, "a group is known by its first row");
            }
        }
        prop_assert_eq!(run(), groups);
    }
}

//! Which entities are found, kind by kind.

use lotse::domain::{EntityKind, Language};
use lotse::text::entities::find;
use lotse::text::language::detect;

use crate::TODAY;

/// The entities of a message as (kind, text, value).
fn entities(text: &str) -> Vec<(EntityKind, String, Option<String>)> {
    find(text, detect(text), TODAY)
        .into_iter()
        .map(|entity| (entity.kind, entity.text, entity.value))
        .collect()
}

/// Checks that each text holds exactly one entity of a kind, with this text and value. A value
/// equal to the text is left out of an entity, so the table may name it either way.
fn assert_found(kind: EntityKind, table: &[(&str, &str, &str)]) {
    for (text, found, value) in table {
        let hits: Vec<_> = entities(text).into_iter().filter(|hit| hit.0 == kind).collect();
        let expected =
            (kind, (*found).to_owned(), Some((*value).to_owned()).filter(|v| v != found));
        assert_eq!(hits, [expected], "{text}");
    }
}

/// Checks that none of the texts holds an entity of a kind.
fn assert_not_found(kind: EntityKind, texts: &[&str]) {
    for text in texts {
        let hits: Vec<_> = entities(text).into_iter().filter(|hit| hit.0 == kind).collect();
        assert!(hits.is_empty(), "{text}: {hits:?}");
    }
}

#[test]
fn order_numbers() {
    assert_found(
        EntityKind::OrderNumber,
        &[
            ("Wo bleibt NL-20481?", "NL-20481", "NL-20481"),
            ("wo bleibt nl-20481", "nl-20481", "NL-20481"),
            ("nl20481 stornieren", "nl20481", "NL-20481"),
            ("NL 20481 bitte", "NL 20481", "NL-20481"),
            ("NL - 20 481", "NL - 20 481", "NL-20481"),
            ("NL–20481.", "NL–20481", "NL-20481"),
            ("#NL-20481", "NL-20481", "NL-20481"),
            ("Bestellung 20481", "20481", "NL-20481"),
            ("Bestellnummer: 20481!", "20481", "NL-20481"),
            ("Bestell-Nr. 20481", "20481", "NL-20481"),
            ("meine Bestellung mit der Nummer 20481", "20481", "NL-20481"),
            ("my order number is 20481", "20481", "NL-20481"),
            ("order #20481 please", "20481", "NL-20481"),
            ("Auftrag Nr. 20481", "20481", "NL-20481"),
            ("n l zwei null vier acht eins", "n l zwei null vier acht eins", "NL-20481"),
            ("die nl zwo null äh vier acht eins", "nl zwo null äh vier acht eins", "NL-20481"),
            ("it's n l two oh four eight one i think", "n l two oh four eight one", "NL-20481"),
            (
                "november lima double four one oh two",
                "november lima double four one oh two",
                "NL-44102",
            ),
            (
                "meine bestellung ist zwei null vier acht eins zweimal gekommen",
                "zwei null vier acht eins",
                "NL-20481",
            ),
        ],
    );
    assert_not_found(
        EntityKind::OrderNumber,
        &[
            "Nordlicht 100",
            "NL 100 oder NL 250?",
            "80331 München",
            "XNL-20481",
            "NL-20481-33",
            "Bestellung von 2 Stück",
            "Ich bestelle 3 Kabel",
            "order 2 of them",
            "n l two zero",
        ],
    );
}

#[test]
fn customer_and_invoice_numbers() {
    assert_found(
        EntityKind::CustomerNumber,
        &[
            ("Kunde K-883201", "K-883201", "K-883201"),
            ("k883201", "k883201", "K-883201"),
            ("K 883 201", "K 883 201", "K-883201"),
            ("Kundennummer: 883201", "883201", "K-883201"),
            ("Kd.-Nr. 883201", "883201", "K-883201"),
            ("my customer number is 883201", "883201", "K-883201"),
            ("k acht acht drei zwei null eins", "k acht acht drei zwei null eins", "K-883201"),
            (
                "kundennummer ist acht acht drei zwo null eins",
                "acht acht drei zwo null eins",
                "K-883201",
            ),
            (
                "customer number k double eight three two oh one",
                "k double eight three two oh one",
                "K-883201",
            ),
        ],
    );
    assert_found(
        EntityKind::InvoiceNumber,
        &[
            ("Frage zu RE-2024-10233", "RE-2024-10233", "RE-2024-10233"),
            ("re 2024 10233", "re 2024 10233", "RE-2024-10233"),
            ("re202410233", "re202410233", "RE-2024-10233"),
            ("invoice 2025-01412", "2025-01412", "RE-2025-01412"),
            ("Rechnung Nr. 2024-10233", "2024-10233", "RE-2024-10233"),
            (
                "die rechnung r e zwanzig vierundzwanzig eins null zwei drei drei",
                "r e zwanzig vierundzwanzig eins null zwei drei drei",
                "RE-2024-10233",
            ),
            (
                "r e two thousand twenty four one oh two three three",
                "r e two thousand twenty four one oh two three three",
                "RE-2024-10233",
            ),
        ],
    );
    assert_not_found(EntityKind::InvoiceNumber, &["Rechnung 2024", "Re: 10233", "RE-1024-10233"]);
    assert_not_found(EntityKind::CustomerNumber, &["K-8832", "10k 883201", "Kunde seit 2019"]);
}

#[test]
fn tracking_numbers() {
    assert_found(
        EntityKind::TrackingNumber,
        &[
            ("00340434292135100186 hängt", "00340434292135100186", "00340434292135100186"),
            ("0034 0434 2921 3510 0186", "0034 0434 2921 3510 0186", "00340434292135100186"),
            ("DHL 345678901234", "345678901234", "345678901234"),
            ("JJD000390012345678901 steht still", "JJD000390012345678901", "JJD000390012345678901"),
            ("jd0146000062", "jd0146000062", "JD0146000062"),
            ("UPS 1Z999AA10123456784", "1Z999AA10123456784", "1Z999AA10123456784"),
            ("RR123456785AT", "RR123456785AT", "RR123456785AT"),
            ("Sendungsnummer: 01505012345678", "01505012345678", "01505012345678"),
            ("tracking number is 5212 3456 7890 12", "5212 3456 7890 12", "52123456789012"),
        ],
    );
    assert_not_found(
        EntityKind::TrackingNumber,
        &["4111 1111 1111 1111", "0151 2340 9911", "1234567890", "Sendungsnummer fehlt"],
    );
}

#[test]
fn calendar_dates() {
    assert_found(
        EntityKind::Date,
        &[
            ("am 3.4. bestellt", "3.4.", "2026-04-03"),
            ("am 3.4 bestellt", "3.4", "2026-04-03"),
            ("vom 03.04.2026", "03.04.2026", "2026-04-03"),
            ("vom 3. 4. 26", "3. 4. 26", "2026-04-03"),
            ("2026-04-03", "2026-04-03", "2026-04-03"),
            ("on 03/04/2026", "03/04/2026", "2026-04-03"),
            ("on 04/23/2026", "04/23/2026", "2026-04-23"),
            ("der 3. April", "3. April", "2026-04-03"),
            ("3 april", "3 april", "2026-04-03"),
            ("3. Jänner 2025", "3. Jänner 2025", "2025-01-03"),
            ("am 28.12. gekauft", "28.12.", "2025-12-28"),
            ("it came on April 3rd", "April 3rd", "2026-04-03"),
            ("it came on April 3, 2026", "April 3, 2026", "2026-04-03"),
            ("the 3rd of April", "3rd of April", "2026-04-03"),
            ("since the third of april", "third of april", "2026-04-03"),
            ("on the twenty third of march", "twenty third of march", "2026-03-23"),
            ("am dreiundzwanzigsten märz", "dreiundzwanzigsten märz", "2026-03-23"),
            ("im März 2025 gekauft", "März 2025", "2025-03"),
        ],
    );
    assert_not_found(
        EntityKind::Date,
        &[
            "am 31.2. bestellt",
            "Version 7.12. installiert",
            "192.168.1.1",
            "24/7",
            "kostet ab 3.50 Euro",
            "vom 3.50 Euro",
            "im Mai 2 Router bestellt",
            "you may 3",
            "um 10.30 Uhr",
        ],
    );
}

#[test]
fn relative_dates() {
    assert_found(
        EntityKind::Date,
        &[
            ("heute", "heute", "2026-04-08"),
            ("gestern bestellt", "gestern", "2026-04-07"),
            ("vorgestern", "vorgestern", "2026-04-06"),
            ("kommt es morgen?", "morgen", "2026-04-09"),
            ("übermorgen", "übermorgen", "2026-04-10"),
            ("uebermorgen", "uebermorgen", "2026-04-10"),
            ("heute Morgen", "heute", "2026-04-08"),
            ("the day before yesterday", "day before yesterday", "2026-04-06"),
            ("letzten Freitag", "letzten Freitag", "2026-04-03"),
            ("last Friday", "last Friday", "2026-04-03"),
            ("letzten Mittwoch", "letzten Mittwoch", "2026-04-01"),
            ("nächsten Mittwoch", "nächsten Mittwoch", "2026-04-15"),
            ("this Saturday", "this Saturday", "2026-04-11"),
            ("diesen Mittwoch", "diesen Mittwoch", "2026-04-08"),
            ("vor drei Tagen", "vor drei Tagen", "2026-04-05"),
            ("vor 14 Tagen", "vor 14 Tagen", "2026-03-25"),
            ("vor einer Woche", "vor einer Woche", "2026-04-01"),
            ("two weeks ago", "two weeks ago", "2026-03-25"),
            ("a week ago", "a week ago", "2026-04-01"),
            ("vor einem Monat", "vor einem Monat", "2026-03"),
            ("vor zwei Jahren", "vor zwei Jahren", "2024"),
            ("in drei Tagen", "in drei Tagen", "2026-04-11"),
            ("in two weeks", "in two weeks", "2026-04-22"),
            ("nächste Woche", "nächste Woche", "2026-W16"),
            ("last week", "last week", "2026-W14"),
            ("letzte Woche Dienstag", "letzte Woche Dienstag", "2026-03-31"),
            ("Freitag letzter Woche", "Freitag letzter Woche", "2026-04-03"),
            ("letzten Monat", "letzten Monat", "2026-03"),
            ("heuer", "heuer", "2026"),
            ("seit Montag", "Montag", "2026-04-06"),
            ("until Friday", "Friday", "2026-04-10"),
            ("am Freitag, den 3. April", "3. April", "2026-04-03"),
        ],
    );
    assert_eq!(entities("am Freitag"), [(EntityKind::Date, "Freitag".to_owned(), None)]);
    assert_not_found(
        EntityKind::Date,
        &[
            "Guten Morgen",
            "morgens",
            "jeden Morgen",
            "am Morgen",
            "Montag bis Freitag",
            "vor Ort",
            "in 3 Raten",
            "in den letzten Wochen",
            "vor 999999999999 Tagen",
            "This. Friday.",
        ],
    );
}

#[test]
fn amounts() {
    assert_found(
        EntityKind::Amount,
        &[
            ("49,99 €", "49,99 €", "49.99 EUR"),
            ("49.99€ bezahlt", "49.99€", "49.99 EUR"),
            ("€5 Gutschein", "€5", "5.00 EUR"),
            ("EUR 1.234,50", "EUR 1.234,50", "1234.50 EUR"),
            ("1,234.50 EUR", "1,234.50 EUR", "1234.50 EUR"),
            ("1.234 Euro", "1.234 Euro", "1234.00 EUR"),
            ("20 Euro", "20 Euro", "20.00 EUR"),
            ("20 Euro 50", "20 Euro 50", "20.50 EUR"),
            ("20 Euro 24 Monate lang", "20 Euro", "20.00 EUR"),
            ("5,- €", "5,- €", "5.00 EUR"),
            ("90 Cent", "90 Cent", "0.90 EUR"),
            ("2x20€", "20€", "20.00 EUR"),
            ("£12.50", "£12.50", "12.50 GBP"),
            ("zwanzig Euro", "zwanzig Euro", "20.00 EUR"),
            ("zwanzig euro fünfzig", "zwanzig euro fünfzig", "20.50 EUR"),
            ("20 euro fünfzig", "20 euro fünfzig", "20.50 EUR"),
            ("zwölfhundertneunzig euro", "zwölfhundertneunzig euro", "1290.00 EUR"),
            ("twenty four euros and fifty cents", "twenty four euros and fifty cents", "24.50 EUR"),
            ("zwanzig euro zwei mal", "zwanzig euro", "20.00 EUR"),
        ],
    );
    let two: Vec<_> = entities("100 Euro 24 € 99").into_iter().map(|hit| hit.2).collect();
    assert_eq!(two, [Some("100.00 EUR".to_owned()), Some("24.99 EUR".to_owned())]);
    assert_not_found(
        EntityKind::Amount,
        &["5 europäische Länder", "Europa", "50 %", "1000 Mbit", "ein paar Euro", "A20 EUR"],
    );
}

#[test]
fn contacts() {
    assert_found(
        EntityKind::Email,
        &[
            ("an lena.hauser+x@mail.example.", "lena.hauser+x@mail.example", ""),
            ("Mail:<a@b-c.co.uk>", "a@b-c.co.uk", ""),
            ("jörg@müller.example", "jörg@müller.example", ""),
        ]
        .map(|(text, found, _)| (text, found, found)),
    );
    assert_not_found(EntityKind::Email, &["@Nordlicht", "a@b", "50@", "x @ y.de"]);
    assert_found(
        EntityKind::Phone,
        &[
            ("Tel. 0431 555 0133", "0431 555 0133", "04315550133"),
            ("Tel.: 04131/555018", "04131/555018", "04131555018"),
            ("04131 / 555 018", "04131 / 555 018", "04131555018"),
            ("(0431) 555-0133", "(0431) 555-0133", "04315550133"),
            ("+49 431 5550133", "+49 431 5550133", "+494315550133"),
            ("+49 (0)431 5550133", "+49 (0)431 5550133", "+494315550133"),
            ("0043 660 5550131", "0043 660 5550131", "00436605550131"),
            ("0664 555 01 48, ab 17 Uhr", "0664 555 01 48", "06645550148"),
            ("01715550183", "01715550183", "01715550183"),
            ("ruf an: 0431 220198. 12 Stück", "0431 220198", "0431220198"),
            (
                "unter der null eins sieben zwei fünf fünf fünf null eins vier vier",
                "null eins sieben zwei fünf fünf fünf null eins vier vier",
                "01725550144",
            ),
            (
                "my number is oh one seven six double five five oh one eight eight",
                "oh one seven six double five five oh one eight eight",
                "01765550188",
            ),
        ],
    );
    assert_not_found(
        EntityKind::Phone,
        &[
            "NL-20481",
            "RE-2024-01233",
            "01067 Dresden",
            "03.04.2026",
            "09.00-19.00 Uhr",
            "08:00-18:00",
            "00340434292135100186",
            "DE89 3704 0044 0532 0130 00",
            "DE00 3704 0044 0532 0130 00",
            "5123 4567 8901 2346",
            "oh ten euros",
            "Artikel 040771",
        ],
    );
}

#[test]
fn ibans_have_a_checksum_and_cards_are_nothing() {
    assert_found(
        EntityKind::Iban,
        &[
            (
                "DE89 3704 0044 0532 0130 00",
                "DE89 3704 0044 0532 0130 00",
                "DE89370400440532013000",
            ),
            ("de89370400440532013000 bitte", "de89370400440532013000", "DE89370400440532013000"),
            ("AT61 1904 3002 3457 3201 gilt", "AT61 1904 3002 3457 3201", "AT611904300234573201"),
        ],
    );
    let both = entities("von DE89 3704 0044 0532 0130 00 auf AT61 1904 3002 3457 3201");
    assert_eq!(both.len(), 2, "{both:?}");
    assert!(entities("DE88 3704 0044 0532 0130 00").is_empty());
    assert!(entities("4111 1111 1111 1111").is_empty());
    assert!(entities("Karte 5500-0055-5555-5559").is_empty());
}

#[test]
fn devices() {
    assert_found(
        EntityKind::Device,
        &[
            ("Die Nordlicht Box 7 blinkt", "Nordlicht Box 7", "Nordlicht Box 7"),
            ("box7 kaufen", "box7", "Nordlicht Box 7"),
            ("mein ROUTER", "ROUTER", "router"),
            ("der Leihrouter", "Leihrouter", "router"),
            ("Kopfhoerer defekt", "Kopfhoerer", "headphones"),
            ("Bluetooth-Kopfhörer", "Kopfhörer", "headphones"),
            ("my earbuds", "earbuds", "headphones"),
            ("smarte Steckdose", "smarte Steckdose", "smart plug"),
            ("two smart plugs", "smart plugs", "smart plug"),
            ("Ueberwachungskamera", "Ueberwachungskamera", "camera"),
            ("the phone is smoking", "phone", "smartphone"),
        ],
    );
    assert_not_found(
        EntityKind::Device,
        &[
            "what is your phone number",
            "on the phone",
            "per Telefon",
            "Telefonnummer",
            "telefonisch",
        ],
    );
}

#[test]
fn positions_count_characters_of_the_original() {
    let text = "Grüß Gott 👋🏽, wo bleibt NL-20481? Ich zahlte 49,99 € am 3. März.";
    let characters: Vec<char> = text.chars().collect();
    let found = find(text, Language::De, TODAY);
    assert_eq!(found.len(), 3);
    for entity in found {
        let span: String = characters[entity.start..entity.end].iter().collect();
        assert_eq!(span, entity.text);
    }
}

//! What is cut from a message and what stays.

use lotse::text::clean::{clean, new_words};

/// Each message with its cleaned form.
fn assert_cleaned(table: &[(&str, &str)]) {
    for (text, cleaned) in table {
        assert_eq!(clean(text), *cleaned, "{text}");
    }
}

#[test]
fn quoted_history_goes() {
    assert_cleaned(&[
        (
            "Ja, passt.\n\nAm 3.4.2026 um 10:12 schrieb Nordlicht Service:\n> Passt das?\n",
            "Ja, passt.",
        ),
        (
            "Ja.\nAm Fr., 3. Apr. 2026 um 10:12 Uhr schrieb Nordlicht <\nservice@nordlicht.example>:\nPasst das?",
            "Ja.",
        ),
        (
            "Yes.\n\nOn Mon, Apr 6, 2026 at 9:01 AM Nordlicht <s@n.example> wrote:\n> ok?\n> \n> Regards",
            "Yes.",
        ),
        (
            "Nein!\n-----Ursprüngliche Nachricht-----\nVon: Service\nBetreff: Ihre Bestellung",
            "Nein!",
        ),
        ("No.\n\n-----Original Message-----\nFrom: x", "No."),
        (
            "Bitte stornieren.\n\nVon: Service <s@n.example>\nGesendet: Montag, 6. April 2026 09:01\nAn: ich\nBetreff: AW: Bestellung\n\nGuten Tag",
            "Bitte stornieren.",
        ),
        (
            "Please cancel.\n\nFrom: Service\nSent: Monday, April 6, 2026\nTo: me\nSubject: order\n\nHello",
            "Please cancel.",
        ),
        ("> Passt Dienstag?\nNein, lieber Mittwoch.", "Nein, lieber Mittwoch."),
        (
            "Am 3.4.2026 schrieb Service:\n> Passt Dienstag?\n\nNein, lieber Mittwoch.",
            "Nein, lieber Mittwoch.",
        ),
    ]);
}

#[test]
fn what_only_looks_like_history_stays() {
    assert_cleaned(&[
        (
            "Am 3.4. schrieb ich Ihnen:\nBitte stornieren.",
            "Am 3.4. schrieb ich Ihnen:\nBitte stornieren.",
        ),
        ("On 3 April I wrote:\nplease cancel", "On 3 April I wrote:\nplease cancel"),
        ("Versand frei?\n> 50 Euro ja oder?", "Versand frei?\n> 50 Euro ja oder?"),
        ("Von: Kiel\nNach: Wien, geht das?", "Von: Kiel\nNach: Wien, geht das?"),
        (">>> HILFE <<<\nInternet weg", ">>> HILFE <<<\nInternet weg"),
        ("> nur Zitat", "> nur Zitat"),
    ]);
}

#[test]
fn signatures_go_with_their_formula() {
    assert_cleaned(&[
        (
            "Bitte stornieren.\nMit freundlichen Grüßen\nMax Muster\nMuster GmbH\nTel. 0431 555 0133",
            "Bitte stornieren.",
        ),
        ("Bitte stornieren.\n\nMfG\nA. Rohde", "Bitte stornieren."),
        ("Geht das? LG Svenja", "Geht das?"),
        ("geht das? lg svenja", "geht das?"),
        ("Geht das? Danke und viele Grüße, Wiebke Janssen", "Geht das? Danke"),
        (
            "Geht das?\nBesten Dank im Voraus und freundliche Gruesse\nDr. med. Ute Falk",
            "Geht das?\nBesten Dank im Voraus",
        ),
        (
            "Geht das?\nMit sportlichem Gruß\nHenning Wulff\nAbteilungsleiter Handball\n04541 803 117",
            "Geht das?",
        ),
        ("Geht das?\nViele Grüße aus Wien\nMag. Theresia Hofbauer", "Geht das?"),
        (
            "Is it?\n\nKind regards,\nJ. O'Rourke\nOffice manager, Brightleaf Studio\n+49 30 555 0199",
            "Is it?",
        ),
        ("Is it?\nBest, Joyce", "Is it?"),
        ("Is it?\nThanks,\nBrendan Fahey", "Is it?\nThanks"),
        ("Geht das?\n-- \nMax Muster\nwww.muster.example", "Geht das?"),
        ("Geht das?\n\nVon meinem iPhone gesendet", "Geht das?"),
        ("Works? Sent from my Pixel 9", "Works?"),
        ("Geht das?\nHochachtungsvoll\nDr. E. Brandauer", "Geht das?"),
        ("Geht das?\nLG", "Geht das?"),
    ]);
}

#[test]
fn what_follows_a_formula_without_being_a_signature_stays() {
    for text in [
        "Danke!\nLG Anna\nPS: Bitte schickt auch die Rechnung.",
        "Danke! LG, könnt ihr mir noch die Rechnung schicken?",
        "Geht das?\nViele Grüße\nUnd wann kommt der Techniker?",
        "Geht das?\nLG\nRechnung fehlt auch noch",
        "Hallo\nLG\nAnna\nStorno NL-20481",
        "Mein Fernseher ist kaputt, LG OLED",
        "Habt ihr den LG Monitor da?",
        "Liebe Grüße an das Team",
        "Is it?\nRegards\nplease call me back",
        "Cheers",
        "Was ist das beste Handy? Das Best of 2025?",
        "Frage:\n--\nIch brauche bitte die Rechnung?",
        "Danke\nSuper Service",
    ] {
        assert_eq!(clean(text), text);
    }
}

#[test]
fn legal_footers_go() {
    assert_cleaned(&[
        (
            "Geht das?\n\nDiese E-Mail enthält vertrauliche Informationen.\nWenn Sie nicht der Adressat sind ...",
            "Geht das?",
        ),
        (
            "Is it?\n\nThis e-mail and any attachments are confidential.\nDelete it.\n\nIf you are not the intended recipient, go.",
            "Is it?",
        ),
        (
            "Geht das?\nMax Muster\nGeschäftsführer: Eva Muster\nAmtsgericht Kiel, HRB 1234",
            "Geht das?\nMax Muster",
        ),
    ]);
    let request = "Diese Nachricht ist vertraulich und ausschließlich für Ihren Datenschutz.\nIch verlange Auskunft.";
    assert_eq!(clean(request), request);
}

#[test]
fn what_mail_servers_and_programs_add_goes() {
    assert_cleaned(&[
        ("CAUTION: This e-mail originated from outside the organisation.\n\nIs it?", "Is it?"),
        ("ACHTUNG: Diese E-Mail stammt von einem externen Absender!\n\nGeht das?", "Geht das?"),
        (
            "Ja.\n\n________________________________\nVon: Service <s@n.example>\nGesendet: Montag, 6. April 2026 09:01\nAn: ich\nBetreff: x\n\nGuten Tag",
            "Ja.",
        ),
        ("Siehe unten.\n-------- Weitergeleitete Mail --------\nBetreff: x", "Siehe unten."),
        (
            "Geht das?\n\nWichtiger Hinweis: Diese E-Mail und ihre Anhänge sind nur für den Adressaten bestimmt und können vertrauliche Inhalte haben.",
            "Geht das?",
        ),
        (
            "Geht das?\n\n[Anlage: Foto.jpg (Bild, 2,1 MB)]\n[Im Verlauf genannt: RE-2026-10233]",
            "Geht das?",
        ),
        ("Is it?\n\n[Attachments: a.pdf (PDF, 1 kB); b.pdf (PDF, 2 kB)]", "Is it?"),
    ]);
    for text in [
        "Achtung: Die Lieferung kam von außerhalb und ist nass.",
        "Hinweis: Ihre Mail kam leer an",
        "[Anlage fehlt]",
        "-----\nVon: Kiel\nNach: Wien",
    ] {
        assert_eq!(clean(text), text);
    }
}

#[test]
fn new_words_keep_the_signature_and_paragraphs() {
    let text = "Guten Tag,\n\n\nwo ist mein Paket?\r\n\nMit freundlichen Grüßen\nJana Petersen\n\n\
                Am 3.4.2026 um 10:12 schrieb Service:\n> Unterwegs.\n\nVon meinem iPhone gesendet";
    let words = "Guten Tag,\n\nwo ist mein Paket?\n\nMit freundlichen Grüßen\nJana Petersen";
    assert_eq!(new_words(text), words);
    assert_eq!(new_words("> nur Zitat"), "");
}

#[test]
fn noise_is_folded() {
    assert_cleaned(&[
        ("  Wo \t ist\u{a0}mein  Paket?\r\n\r\n\r\nDanke ", "Wo ist mein Paket?\nDanke"),
        ("Hi\u{200b}lfe\u{feff}!\u{7}", "Hilfe!"),
        ("Hallooooooo!!!!!!!!!!!!", "Hallooo!!!!!"),
        ("⭐⭐⭐⭐⭐", "⭐⭐⭐⭐⭐"),
        ("bitte bitte bitte bitte bitte helft", "bitte bitte bitte helft"),
        ("Code 000000000", "Code 000000000"),
        ("Ru\u{308}ckgabe", "Rückgabe"),
        ("a\na\na\na\na", "a\na\na"),
        ("", ""),
        (" \u{200b} \n", ""),
    ]);
}

#[test]
#[ignore]
fn cosines() {
    let classifier =
        lotse::classifier::Classifier::load(std::path::Path::new("models/nordlicht-de-en"))
            .unwrap();
    let groups: Vec<Vec<&str>> = vec![
        vec![
            "Nehmt ihr alte Handys in Zahlung?",
            "Kann ich mein altes Smartphone bei euch eintauschen?",
            "Was bekomme ich für mein altes Handy beim Neukauf?",
            "Gibt es ein Ankaufprogramm für gebrauchte Handys?",
            "Altgerät in Zahlung geben, geht das bei Ihnen?",
        ],
        vec![
            "Unterstützt das Pixel 9 eSIM bei euch?",
            "Verkauft ihr auch eSIM?",
            "Kann ich meinen Vertrag auf eSIM umstellen?",
            "Wie bekomme ich eine eSIM für mein Tablet?",
        ],
        vec![
            "Do you sell gift cards?",
            "Can I buy a gift card for a friend?",
            "Where do I buy a Nordlicht gift card?",
            "Is there a gift voucher I can give to someone?",
        ],
        vec![
            "Kann ich mit Apple Pay im Laden bezahlen?",
            "Geht Apple Pay auch online?",
            "Akzeptiert ihr Google Pay oder Apple Pay?",
        ],
        vec![
            "Do you repair phones that I bought somewhere else?",
            "Can you fix a cracked screen on a phone not bought from you?",
            "Repair of a broken display, bought elsewhere",
        ],
        vec![
            "Baut ihr Smart-Home-Geräte auch bei mir ein?",
            "Kommt jemand und installiert die Smart Home Kameras?",
            "Einbauservice für Smart Home Thermostate?",
        ],
        vec!["Wo kann ich Altbatterien abgeben?", "Nehmt ihr alte Akkus zurück zur Entsorgung?"],
        vec!["Wann kommt mein Paket?"],
        vec!["Welche Kopfhörer haben Geräuschunterdrückung?"],
        vec!["Habt ihr das iPhone auf Lager?"],
        vec!["Gibt es Studentenrabatt?"],
        vec!["What is the weather tomorrow?"],
        vec!["Which router do I need for fibre?"],
        vec!["Kann ich die Box an der Wand montieren?"],
        vec!["Do you have wireless chargers?"],
        vec!["Wie heiß darf der Router werden?"],
        vec!["Kann ich zwei Gutscheine kombinieren?"],
    ];
    let texts: Vec<String> = groups.iter().flatten().map(|t| (*t).to_owned()).collect();
    let of: Vec<usize> =
        groups.iter().enumerate().flat_map(|(g, t)| t.iter().map(move |_| g)).collect();
    let v = classifier.vectors(&texts).unwrap();
    let (mut within, mut between) = (vec![], vec![]);
    for i in 0..v.len() {
        for j in 0..i {
            let c: f32 = v[i].iter().zip(&v[j]).map(|(a, b)| a * b).sum();
            if of[i] == of[j] { within.push((c, i, j)) } else { between.push((c, i, j)) }
        }
    }
    within.sort_by(|a, b| a.0.total_cmp(&b.0));
    between.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("WITHIN");
    for (c, i, j) in &within {
        println!("{c:.2} {} | {}", texts[*i], texts[*j]);
    }
    println!("BETWEEN");
    for (c, i, j) in between.iter().take(40) {
        println!("{c:.2} {} | {}", texts[*i], texts[*j]);
    }
    for t in [0.4, 0.45, 0.5, 0.55, 0.6, 0.65] {
        println!(
            "{t}: within {}/{} between {}/{}",
            within.iter().filter(|x| x.0 >= t).count(),
            within.len(),
            between.iter().filter(|x| x.0 >= t).count(),
            between.len()
        );
        let refs: Vec<&[f32]> = v.iter().map(Vec::as_slice).collect();
        let _ = refs;
    }
}

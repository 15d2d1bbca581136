//! Does this message speak of danger to life?
//!
//! Fire, electric shock, suicide, a medical emergency or violence: such a message is never
//! answered from the knowledge base. The patterns stand in `danger.txt`; what only sounds
//! dangerous ("brennende Frage", "you're on fire") is cut out before they are tried.

use std::sync::LazyLock;

use regex::Regex;

use super::words::{any_of, plain};

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    Patterns::parse(include_str!("danger.txt"))
        .expect("the file is part of the program, and the tests below read it")
});

struct Patterns {
    harmless: Regex,
    dangerous: Regex,
}

impl Patterns {
    fn parse(file: &str) -> Result<Self, regex::Error> {
        let (mut harmless, mut device, mut dangerous) = (Vec::new(), Vec::new(), Vec::new());
        let mut section = "";
        for line in file.lines().map(str::trim) {
            match line {
                "" => {}
                _ if line.starts_with('#') => {}
                _ if line.starts_with('[') => section = line,
                _ if section == "[harmless]" => harmless.push(line),
                _ if section == "[device]" => device.push(line),
                _ => dangerous.push(line),
            }
        }
        let device = format!("(?:{})", device.join("|"));
        let dangerous: Vec<String> =
            dangerous.iter().map(|phrase| phrase.replace("DEVICE", &device)).collect();
        let dangerous: Vec<&str> = dangerous.iter().map(String::as_str).collect();
        Ok(Self { harmless: any_of(&harmless)?, dangerous: any_of(&dangerous)? })
    }
}

/// The first words of `text` that speak of danger to life, in plain spelling.
pub fn find(text: &str) -> Option<String> {
    let plain = plain(text);
    let serious = PATTERNS.harmless.replace_all(&plain, "|");
    PATTERNS.dangerous.find(&serious).map(|found| found.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DANGEROUS: &[&str] = &[
        // Fire and smoke.
        "Hilfe, bei mir brennt es! Es brennt in der Küche",
        "der akku vom handy brennt!!!",
        "Das Netzteil hat Feuer gefangen.",
        "Mein Ladekabel fing gestern plötzlich Feuer",
        "aus dem router kommt rauch ich trau mich nicht den anzufassen",
        "die box qualmt",
        "Der Lautsprecher raucht!!",
        "es riecht ganz komisch verschmort hier beim modem",
        "Die Steckdosenleiste ist komplett verkohlt",
        "da schlagen funken aus der steckdose raus",
        "Beim Einstecken sprühte es Funken",
        "Habe mir am Netzteil die Finger verbrannt",
        "Der Akku ist aufgebläht und wird kochend heiß, kann der explodieren?",
        "mein handy ist explodiert",
        "Durch Ihr Gerät gab es einen Zimmerbrand",
        "Die Feuerwehr war schon da",
        "Das Tablet ist in Brand geraten.",
        "my house is on fire help",
        "The charger caught fire while we were asleep",
        "oh my god the phone is smoking its on the charger and theres smoke coming out what do i do",
        "box 7 sparking at the plug, kids in the room, what now",
        "the battery is swollen and hot",
        "There's a burning smell from the router",
        "power bank exploded in my bag",
        "I burned my hand on the adapter",
        "it went up in flames",
        "das netzteil hat nach einem jahr angefangen zu qualmen",
        "Das Ladegerät hat angefangen zu brennen, mein Tisch ist angesengt!",
        "die powerbank ist so heiss geworden dass das kabel geschmolzen ist",
        // Electricity.
        "Hab grad einen Stromschlag vom Netzteil bekommen",
        "mein sohn hat einen stromschlag gekriegt",
        "STROMSCHLÄGE am Gehäuse!!",
        "hab beim anfassen eine gewischt bekommen",
        "Ich hab einen leichten Schlag bekommen!",
        "Das Gehäuse steht unter Strom",
        "Der Techniker hat blanke Kabel hinterlassen",
        "I just got an electric shock from the router's power supply",
        "opened the parcel, charger had bare wires",
        "got zapped when i plugged it in",
        "when I touch the charger I feel a tingling current",
        "my wife was nearly electrocuted",
        "when i touched it i got a shock my hand is still tingling",
        // Suicide and self-harm.
        "ich will nicht mehr leben",
        "Ich mag so nicht mehr weiterleben",
        "ich bring mich um",
        "Ich denke an Selbstmord",
        "ich will einfach nur noch sterben",
        "dann tu ich mir was an",
        "er hat gesagt er will sich das leben nehmen",
        "hab alle tabletten genommen",
        "ich mach dem ganzen heute ein ende",
        "i want to die, nobody would even notice",
        "I honestly think about killing myself",
        "im gonna end it all tonight",
        "I don't want to live anymore",
        "i'm standing on a bridge and i don't know who to talk to",
        "feeling suicidal",
        // Emergencies.
        "hilfe mein mann liegt am boden und atmet nicht mehr",
        "meine frau hat einen schlaganfall und das telefon ist tot",
        "Gasgeruch im Treppenhaus, wen ruf ich an?",
        "es riecht nach gas",
        "Es besteht Lebensgefahr, mein Hausnotruf geht nicht!",
        "wir konnten keinen notruf absetzen",
        "Bitte schicken Sie einen Krankenwagen",
        "my father collapsed and we couldn't call an ambulance",
        "I think I'm having a heart attack",
        "she is not breathing",
        "we smell gas in the hallway",
        "ich bringe euch alle um",
        "i will kill you all",
        "Ich werde mit einem Messer bedroht",
    ];

    const HARMLESS: &[&str] = &[
        "Habt ihr Feuerwehrmann Sam als Hörspiel?",
        "Das Gerät ist brandneu und originalverpackt",
        "It arrived in brand new condition",
        "Which brand is the router?",
        "Wie schalte ich die Firewall ein?",
        "My boss got fired, so I need to switch the account",
        "Läuft die App auf dem Amazon Fire Tablet?",
        "fire tv stick compatible?",
        "Mir brennt eine Frage unter den Nägeln",
        "Ich hätte da mal eine brennende Frage",
        "Das interessiert mich brennend",
        "Die rote Lampe brennt dauernd",
        "an der box brennt nur orange",
        "bei mir brennt kein licht am router",
        "Kann das Laufwerk DVDs brennen?",
        "Can it burn a CD?",
        "a burning question: do you ship to Austria?",
        "You guys are on fire today, great service!",
        "Wir sind Feuer und Flamme für euer Angebot",
        "Sind eure Rauchmelder VdS-geprüft?",
        "Does the smoke detector work without wifi?",
        "Ist der Gasmelder lieferbar?",
        "Die Preise explodieren ja förmlich",
        "Mir raucht schon der Kopf von eurer Anleitung",
        "my head is exploding with all these forms",
        "my phone is exploding with notifications",
        "Wollt ihr mich verkohlen?",
        "Bei der Rechnung hätte ich fast einen Herzinfarkt bekommen",
        "I nearly had a heart attack when I saw the bill",
        "I was shocked by the price",
        "I got a shock when I saw the bill",
        "I touched up the photo and got a shock when I opened the invoice",
        "Schockierend, wie langsam das Internet ist",
        "Der Schlagbohrer ist nicht angekommen",
        "hat keinen strom bekommen der router",
        "Stromausfall in der Südstadt",
        "Wie hoch ist der Stromverbrauch der Box 7?",
        "Ohne Internet kann ich nicht mehr leben :)",
        "ich will dort nicht mehr leben und zieh um, was passiert mit dem vertrag",
        "I don't want to live here anymore so I'm moving my contract",
        "the battery is going to die soon, is it covered?",
        "mein router ist gestorben",
        "Mein Vater ist verstorben, ich möchte seinen Vertrag beenden",
        "Meine Mutter hatte einen Schlaganfall und zieht ins Heim, bitte Vertrag kündigen",
        "These headphones are to die for!",
        "the wait is killing me",
        "Your app is killing my battery",
        "Ihr bringt mich noch um den Verstand",
        "ich bringe sie um 10 uhr in den laden zurück",
        "Ich habe das Paket mit dem Messer geöffnet, da war nichts drin",
        "Der Bildschirm hat einen Riss",
        "Die App stürzt ab, sobald ich das Fenster schließe",
        "Wenn ich die Box ans Fenster stelle, springt die Verbindung",
        "Ich bin am Ende meiner Geduld!",
        "ich flippe gleich aus",
        "Kann ich mit Glasfaser den Notruf 112 wählen?",
        "the connection collapses every weekday",
        "Ich fühle mich gegenüber der Hotline ohnmächtig",
        "the kitchen is too far from the router",
        "Do the headphones block out noise?",
        "I just bought live cable channels",
        "Ich bin abgebrannt, kann ich in Raten zahlen?",
        "Der Service ist unterirdisch, nie wieder",
        "that sparked my interest",
        "Bombenservice, vielen Dank!",
        "Das Gerät wird warm, ist das normal?",
        "Einbrecher schrecken eure Kameras bestimmt ab",
        "mein kind hat tabletten gesagt aber meint das tablet",
        "",
        "🔥🔥🔥",
    ];

    #[test]
    fn danger_is_found_in_every_spelling() {
        let missed: Vec<&&str> = DANGEROUS.iter().filter(|text| find(text).is_none()).collect();
        assert!(missed.is_empty(), "missed: {missed:#?}");
    }

    #[test]
    fn what_only_sounds_dangerous_is_left_alone() {
        let wrong: Vec<(&&str, String)> =
            HARMLESS.iter().filter_map(|text| find(text).map(|words| (text, words))).collect();
        assert!(wrong.is_empty(), "taken for danger: {wrong:#?}");
    }

    #[test]
    fn the_words_that_were_found_are_named() {
        assert_eq!(find("Hab einen STROMSCHLAG gekriegt!").as_deref(), Some("stromschlag"));
    }
}

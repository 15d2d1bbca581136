//! Which letters does a language write, and what does a customer's message in it look like?

/// A language whose vocabulary can be cut out of a larger one.
pub(super) struct Language {
    /// ISO 639-1 code.
    pub(super) code: &'static str,
    /// Its letters in lower case, a to z included: foreign names and words are everywhere.
    pub(super) letters: &'static str,
    /// Messages on which an imported encoder is compared with the original.
    pub(super) samples: &'static [&'static str],
}

/// The language with this code.
pub(super) fn by_code(code: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.code == code)
}

/// The official languages of the European Union, and Norwegian.
pub(super) const LANGUAGES: [Language; 25] = [
    Language {
        code: "bg",
        letters: "abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъьюя",
        samples: &[
            "Къде е поръчката ми?",
            "Искам да върна обувките и да си получа парите обратно.",
            "Интернетът ми не работи от вчера!",
            "Благодаря, всичко е наред.",
        ],
    },
    Language {
        code: "cs",
        letters: "abcdefghijklmnopqrstuvwxyzáčďéěíňóřšťúůýž",
        samples: &[
            "Kde je moje objednávka?",
            "Chci vrátit boty a dostat zpět peníze.",
            "Od včerejška mi nefunguje internet!",
            "Děkuji, všechno je v pořádku.",
        ],
    },
    Language {
        code: "da",
        letters: "abcdefghijklmnopqrstuvwxyzæøåé",
        samples: &[
            "Hvor er min ordre?",
            "Jeg vil gerne returnere skoene og have pengene tilbage.",
            "Mit internet har ikke virket siden i går!",
            "Tak, alt er i orden.",
        ],
    },
    Language {
        code: "de",
        letters: "abcdefghijklmnopqrstuvwxyzäöüß",
        samples: &[
            "Wo ist meine Bestellung? Sie sollte schon am Dienstag ankommen.",
            "Ich möchte die Schuhe zurückschicken und mein Geld zurück.",
            "Mein Internet geht seit gestern nicht mehr, die rote Lampe am Router blinkt!",
            "Bitte ändern Sie meine Rechnungsadresse auf Königsstraße 14, 20095 Hamburg.",
            "Wie lange habt ihr samstags geöffnet?",
            "Danke, alles bestens 😊",
            "Ich habe am 3. Mai 49,90 € überwiesen, warum kommt trotzdem eine Mahnung?",
            "Unverschämt, zum dritten Mal schreibe ich wegen derselben Lieferverzögerung!",
        ],
    },
    Language {
        code: "el",
        letters: "abcdefghijklmnopqrstuvwxyzαβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",
        samples: &[
            "Πού είναι η παραγγελία μου;",
            "Θέλω να επιστρέψω τα παπούτσια και να πάρω πίσω τα χρήματά μου.",
            "Το ίντερνετ δεν λειτουργεί από χθες!",
            "Ευχαριστώ, όλα καλά.",
        ],
    },
    Language {
        code: "en",
        letters: "abcdefghijklmnopqrstuvwxyz",
        samples: &[
            "Where is my order? It was supposed to arrive on Tuesday.",
            "I want to send the shoes back and get a refund.",
            "My internet has been down since yesterday, the red light on the router is blinking!",
            "Please change my billing address to 14 King's Road, London SW3 4NX.",
            "What are your opening hours on Saturdays?",
            "Thanks, all good 😊",
            "I paid $49.90 on May 3rd, so why am I getting a payment reminder?",
            "This is the third time I'm writing about the same late delivery. Unbelievable!",
        ],
    },
    Language {
        code: "es",
        letters: "abcdefghijklmnopqrstuvwxyzáéíñóúü",
        samples: &[
            "¿Dónde está mi pedido?",
            "Quiero devolver los zapatos y recuperar mi dinero.",
            "¡Mi internet no funciona desde ayer!",
            "Gracias, todo está bien.",
        ],
    },
    Language {
        code: "et",
        letters: "abcdefghijklmnopqrstuvwxyzäõöüšž",
        samples: &[
            "Kus on minu tellimus?",
            "Soovin kingad tagastada ja raha tagasi saada.",
            "Minu internet ei tööta eilsest saadik!",
            "Aitäh, kõik on korras.",
        ],
    },
    Language {
        code: "fi",
        letters: "abcdefghijklmnopqrstuvwxyzäöåšž",
        samples: &[
            "Missä tilaukseni on?",
            "Haluan palauttaa kengät ja saada rahani takaisin.",
            "Nettini ei ole toiminut eilisestä lähtien!",
            "Kiitos, kaikki on kunnossa.",
        ],
    },
    Language {
        code: "fr",
        letters: "abcdefghijklmnopqrstuvwxyzàâæçéèêëîïôœùûüÿ",
        samples: &[
            "Où est ma commande ?",
            "Je voudrais renvoyer les chaussures et être remboursé.",
            "Mon internet ne marche plus depuis hier !",
            "Merci, tout va bien.",
        ],
    },
    Language {
        code: "ga",
        letters: "abcdefghijklmnopqrstuvwxyzáéíóú",
        samples: &[
            "Cá bhfuil m'ordú?",
            "Ba mhaith liom na bróga a chur ar ais agus mo chuid airgid a fháil ar ais.",
            "Níl an t-idirlíon ag obair ó inné!",
            "Go raibh maith agat, tá gach rud i gceart.",
        ],
    },
    Language {
        code: "hr",
        letters: "abcdefghijklmnopqrstuvwxyzčćđšž",
        samples: &[
            "Gdje je moja narudžba?",
            "Želim vratiti cipele i dobiti novac natrag.",
            "Internet mi ne radi od jučer!",
            "Hvala, sve je u redu.",
        ],
    },
    Language {
        code: "hu",
        letters: "abcdefghijklmnopqrstuvwxyzáéíóöőúüű",
        samples: &[
            "Hol van a rendelésem?",
            "Szeretném visszaküldeni a cipőt és visszakapni a pénzemet.",
            "Tegnap óta nem működik az internetem!",
            "Köszönöm, minden rendben.",
        ],
    },
    Language {
        code: "it",
        letters: "abcdefghijklmnopqrstuvwxyzàèéìíîòóùú",
        samples: &[
            "Dov'è il mio ordine?",
            "Vorrei restituire le scarpe ed essere rimborsato.",
            "Internet non funziona da ieri, perché?",
            "Grazie, va tutto bene.",
        ],
    },
    Language {
        code: "lt",
        letters: "abcdefghijklmnopqrstuvwxyząčęėįšųūž",
        samples: &[
            "Kur yra mano užsakymas?",
            "Noriu grąžinti batus ir atgauti pinigus.",
            "Internetas neveikia nuo vakar!",
            "Ačiū, viskas gerai.",
        ],
    },
    Language {
        code: "lv",
        letters: "abcdefghijklmnopqrstuvwxyzāčēģīķļņšūž",
        samples: &[
            "Kur ir mans pasūtījums?",
            "Es vēlos atgriezt kurpes un saņemt naudu atpakaļ.",
            "Mans internets nedarbojas kopš vakardienas!",
            "Paldies, viss ir kārtībā.",
        ],
    },
    Language {
        code: "mt",
        letters: "abcdefghijklmnopqrstuvwxyzàċġħżèìòù",
        samples: &[
            "Fejn hi l-ordni tiegħi?",
            "Irrid nirritorna ż-żarbun u nieħu flusi lura.",
            "L-internet ma jaħdimx mill-bieraħ!",
            "Grazzi, kollox sew.",
        ],
    },
    Language {
        code: "nl",
        letters: "abcdefghijklmnopqrstuvwxyzáäèéëïíóöúü",
        samples: &[
            "Waar is mijn bestelling?",
            "Ik wil de schoenen terugsturen en mijn geld terug.",
            "Mijn internet doet het sinds gisteren niet meer!",
            "Bedankt, alles is in orde.",
        ],
    },
    Language {
        code: "no",
        letters: "abcdefghijklmnopqrstuvwxyzæøåéèêóòâô",
        samples: &[
            "Hvor er bestillingen min?",
            "Jeg vil returnere skoene og få pengene tilbake.",
            "Internett har ikke virket siden i går!",
            "Takk, alt er i orden.",
        ],
    },
    Language {
        code: "pl",
        letters: "abcdefghijklmnopqrstuvwxyząćęłńóśźż",
        samples: &[
            "Gdzie jest moje zamówienie?",
            "Chcę zwrócić buty i odzyskać pieniądze.",
            "Od wczoraj nie działa mi internet!",
            "Dziękuję, wszystko w porządku.",
        ],
    },
    Language {
        code: "pt",
        letters: "abcdefghijklmnopqrstuvwxyzãáàâçéêíõóôúü",
        samples: &[
            "Onde está a minha encomenda?",
            "Quero devolver os sapatos e receber o meu dinheiro de volta.",
            "A minha internet não funciona desde ontem!",
            "Obrigado, está tudo bem.",
        ],
    },
    Language {
        code: "ro",
        letters: "abcdefghijklmnopqrstuvwxyzăâîșțşţ",
        samples: &[
            "Unde este comanda mea?",
            "Vreau să returnez pantofii și să-mi primesc banii înapoi.",
            "Internetul nu funcționează de ieri!",
            "Mulțumesc, totul este în regulă.",
        ],
    },
    Language {
        code: "sk",
        letters: "abcdefghijklmnopqrstuvwxyzáäčďéíĺľňóôŕšťúýž",
        samples: &[
            "Kde je moja objednávka?",
            "Chcem vrátiť topánky a dostať späť peniaze.",
            "Od včera mi nefunguje internet!",
            "Ďakujem, všetko je v poriadku.",
        ],
    },
    Language {
        code: "sl",
        letters: "abcdefghijklmnopqrstuvwxyzčšž",
        samples: &[
            "Kje je moje naročilo?",
            "Želim vrniti čevlje in dobiti denar nazaj.",
            "Internet mi ne deluje od včeraj!",
            "Hvala, vse je v redu.",
        ],
    },
    Language {
        code: "sv",
        letters: "abcdefghijklmnopqrstuvwxyzåäöé",
        samples: &[
            "Var är min beställning?",
            "Jag vill skicka tillbaka skorna och få pengarna tillbaka.",
            "Mitt internet har inte fungerat sedan igår!",
            "Tack, allt är bra.",
        ],
    },
];

//! German or English, on texts of a few words.

use lotse::domain::Language;
use lotse::text::language::detect;

#[test]
fn short_and_mixed_texts_get_their_main_language() {
    let german = "
        Moin|hallo|Servus|Grüß Gott|grias eich|Tach|huhu|na|Mahlzeit|tschüss|danke|merci|bitte|ja|nein|ok danke
        Rechnung|rechnung?|Kündigung|kündigen|kuendigen|Retoure|retoure!!|Storno|storno bitte|Wo Paket|wo paket
        paket weg|Öffnungszeiten|oeffnungszeiten|offnungszeiten|Adresse ändern|adresse andern|Passwort vergessen
        passwort vergesen|Lieferzeit?|Versandkosten?|Techniker|Störung?|stoerung|kein Netz|wlan geht nicht
        internet geht ned|box blinkt orange|router kaputt|handy defekt|Geld zurück|geld zurueck|geld zruck
        Mensch bitte|mitarbeiter|rückruf|ruckruf bitte|Gutschein geht nicht|Rabatt?|Studentenrabatt|Vertrag
        My Vertrag kündigen please|please mein Paket|refund für meine Bestellung|Wo ist mein order
        Account löschen|account loschen|mein Account ist gesperrt|Newsletter abbestellen|Ticket Status?
        kann ich den Termin canceln|Tracking geht nicht|Router resetten wie|upgrade auf 250 möglich|Wie retourniere ich
        heuer im Jänner bestellt|wo is mei Packerl|i hob ka Internet|des geht net|gibts des a in blau|Sackerl fehlt
        wos kost des|kriag i mei Göd zruck|bitte um Rückruf|Saftladen|frechheit|unverschämt|Super Service, danke
        habt ihr sonntag auf|wann macht ihr auf|wie lang dauert des|bin umgezogen|neue adresse|falsche farbe geliefert
        ähm ja hallo ich wollt fragen wo mein paket bleibt|guten tag meine kundennummer ist k acht acht drei zwei null eins
        nl zwei null vier acht eins|ja also ich hätt gern mein geld zurück|und zwar geht es um die rechnung vom märz
        der router der blinkt nur noch rot|schuhe stornieren|zweites Handy dazu|Bestellung NL-20481|NL-20481|12345|?
        👍|.|zahlung per klarna möglich|paypal geht nicht|visa abgelehnt|Kreditkarte abgelehnt|Ratenzahlung|Hotline Nummer?
        Filiale Wien|parken in hamburg|Glasfaser verfügbar?|Vodafone down in Köln|ist das Tablet lieferbar";
    let english = "
        hello|hey there|good morning|hiya|bye|thanks|thank you!|cheers mate|yes please|nope
        refund?|refund please|where is my parcel|wheres my order|track order|cancel|cancel my order|unsubscribe
        opening hours|open on sunday?|store in berlin|delivery time?|shipping cost|how long does delivery take
        change address|wrong address|forgot password|password reset|locked out|sign up|delete my account|invoice
        invoice please|payment declined|charged twice|pay with paypal|human please|agent|talk to a person|call me back
        no internet|no signal|internet down|wifi slow|router broken|box blinking orange|phone wont turn on|broken screen
        headphones dont work|my Vertrag is too expensive|cancel my Kündigung please|where is my Paket
        I need the Rechnung for my order|is the Filiale in Wien open on Monday|the Techniker did not come
        uh hi i'd like to know where my parcel is|the order number is n l two zero four eight one
        so yeah i was wondering can i change the delivery address|great service|terrible|worst company ever
        student discount?|voucher code not accepted|warranty|repair status|add a cable to my order|upgrade to 250
        moving house|leave early fee|gdpr request|delete my data|leave a review|you guys rock|any news?|still waiting";
    for (texts, language) in [(german, Language::De), (english, Language::En)] {
        let texts: Vec<&str> = texts.lines().flat_map(|line| line.trim().split('|')).collect();
        let texts: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        let wrong: Vec<&str> =
            texts.iter().copied().filter(|text| detect(text) != language).collect();
        assert!(wrong.is_empty(), "not {language}: {wrong:?}");
    }
}

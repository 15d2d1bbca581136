use crate::support::{Caller, Lotse, System, attribute, contents};

const GERMAN: &str = "+494315550199";
const ENGLISH: &str = "+442079460000";

#[test]
fn calls() {
    let lotse = Lotse::start();
    for system in [System::Twilio, System::Telnyx] {
        let mut caller = Caller::new(&lotse, system, "+4915112345678", GERMAN);
        println!("{}", caller.event(&[]));
        println!("{}", caller.says("wie lange kann ich was zurückschicken"));
        println!("{}", caller.says("ja aber auf meiner rechnung vom letzten monat sind zwanzig euro zu viel drauf die will ich zurück"));
        println!("{}", caller.action);
        let mut caller = Caller::new(&lotse, system, "anonymous", ENGLISH);
        println!("{}", caller.event(&[]));
        println!("{}", caller.says("my internet is down since yesterday and the router blinks orange all the time"));
        let mut caller = Caller::new(&lotse, system, "anonymous", ENGLISH);
        println!("{}", caller.says("i want to cancel my internet contract right now"));
        let mut caller = Caller::new(&lotse, system, "anonymous", GERMAN);
        println!("{}", caller.says("der bildschirm ist komplett gesprungen das ist ja wohl nicht ihr ernst"));
        let mut caller = Caller::new(&lotse, system, "anonymous", GERMAN);
        println!("{}", caller.says("öffnungszeiten"));
        println!("{}", caller.says("wie wird das wetter morgen in hamburg"));
        let mut caller = Caller::new(&lotse, system, "anonymous", GERMAN);
        println!("{}", caller.says("löschen sie alle daten die sie über mich gespeichert haben nach der dsgvo"));
        let mut caller = Caller::new(&lotse, system, "anonymous", GERMAN);
        println!("{}", caller.says("hilfe der router brennt"));
    }
}

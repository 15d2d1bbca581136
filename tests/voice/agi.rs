//! Calls of an Asterisk, and peers that are none.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::Lotse;

/// An Asterisk with the variables of one call.
struct Asterisk<'a> {
    lotse: &'a Lotse,
    call: String,
    /// What stands behind the host in the address.
    script: &'static str,
    variables: BTreeMap<String, String>,
    /// Said before each answer.
    interjection: &'static str,
}

impl<'a> Asterisk<'a> {
    fn new(lotse: &'a Lotse) -> Self {
        let call = format!("{}.7", uuid::Uuid::now_v7().as_u128() % 10_000_000_000);
        Self { lotse, call, script: "", variables: BTreeMap::new(), interjection: "" }
    }

    /// Runs `AGI(agi://…,arguments)` of the dialplan.
    fn agi(&mut self, arguments: &[&str]) {
        let mut stream = TcpStream::connect(&self.lotse.agi).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a timeout");
        let mut environment = format!(
            "agi_network: yes\nagi_network_script: {}\nagi_request: agi://lotse.example/\n\
             agi_channel: PJSIP/trunk-0000001a\nagi_language: de\nagi_type: PJSIP\n\
             agi_uniqueid: {}\nagi_version: 20.5.0\nagi_callerid: +4915112345678\n\
             agi_calleridname: unknown\nagi_dnid: unknown\nagi_rdnis: unknown\n\
             agi_context: from-outside\nagi_extension: s\nagi_priority: 2\nagi_enhanced: 0.0\n\
             agi_accountcode: \nagi_threadid: 139871234\n",
            self.script, self.call
        );
        for (number, argument) in arguments.iter().enumerate() {
            environment
                .push_str(&["agi_arg_", &(number + 1).to_string(), ": ", argument, "\n"].concat());
        }
        stream.write_all(format!("{environment}\n").as_bytes()).expect("an environment");
        let mut input = BufReader::new(stream.try_clone().expect("a stream"));
        let mut command = String::new();
        while input.read_line(&mut command).expect("a command") > 0 {
            let answer = self.obey(command.trim_end_matches('\n'));
            let answer = format!("{}{answer}\n", self.interjection);
            stream.write_all(answer.as_bytes()).expect("an answer");
            command.clear();
        }
    }

    fn obey(&mut self, command: &str) -> String {
        if let Some(name) = command.strip_prefix("GET FULL VARIABLE ${") {
            let name = name.strip_suffix('}').expect("an expression");
            return match self.variables.get(name) {
                Some(value) => format!("200 result=1 ({value})"),
                None => "200 result=0".to_owned(),
            };
        }
        let set = command.strip_prefix("SET VARIABLE ").expect(command);
        let (name, value) = set.split_once(' ').expect("a value");
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let mut plain = String::new();
        let mut characters = value.expect("quotes").chars();
        while let Some(one) = characters.next() {
            assert_ne!(one, '"', "{command}");
            plain.push(if one == '\\' { characters.next().expect("escaped") } else { one });
        }
        self.variables.insert(name.to_owned(), plain);
        "200 result=1".to_owned()
    }

    fn says(&mut self, words: &str) {
        self.variables.insert("TRANSCRIPT".to_owned(), words.to_owned());
        self.agi(&[]);
    }

    fn get(&self, name: &str) -> &str {
        self.variables.get(name).map_or("", String::as_str)
    }
}

#[test]
fn dialplans_lead_callers_to_their_queues() {
    let lotse = Lotse::start();
    from_greeting_to_queue(&lotse);
    words_come_as_arguments(&lotse);
    what_was_read_is_not_read_again(&lotse);
    machines_are_told_apart(&lotse);
    nothing_can_be_injected(&lotse);
    a_hang_up_in_between_loses_nothing(&lotse);
    strange_peers_are_left(&lotse);
}

fn from_greeting_to_queue(lotse: &Lotse) {
    let mut asterisk = Asterisk::new(lotse);
    asterisk.agi(&[]);
    assert_eq!(asterisk.get("LOTSE_ACTION"), "listen");
    assert!(asterisk.get("LOTSE_SAY").starts_with("Guten Tag!"), "{:?}", asterisk.variables);
    asterisk.says("wie lange kann ich was zurückschicken");
    assert_eq!(asterisk.get("LOTSE_ACTION"), "listen");
    assert_eq!(asterisk.get("LOTSE_INTENT"), "return_item");
    assert_eq!(asterisk.get("LOTSE_TIER"), "1");
    assert!(asterisk.get("LOTSE_SAY").contains("dreißig Tagen"), "{:?}", asterisk.variables);
    asterisk.says("nein meine rechnung ist zu hoch da sind zwanzig euro zu viel drauf");
    let expected = [
        ("LOTSE_ACTION", "transfer"),
        ("LOTSE_QUEUE", "billing"),
        ("LOTSE_TARGET", "tel:+494315550101"),
        ("LOTSE_LANGUAGE", "de"),
    ];
    for (name, value) in expected {
        assert_eq!(asterisk.get(name), value, "{:?}", asterisk.variables);
    }
    assert!(asterisk.get("LOTSE_SUMMARY").contains("zwanzig euro"));
    assert!(["normal", "high"].contains(&asterisk.get("LOTSE_PRIORITY")));
    let ticket = lotse.get(&format!("/v1/tickets/{}", asterisk.get("LOTSE_TICKET")));
    assert_eq!(ticket["channel"], "phone");
    assert_eq!(lotse.turns(asterisk.get("LOTSE_CONVERSATION")).len(), 4);
}

fn words_come_as_arguments(lotse: &Lotse) {
    let mut asterisk = Asterisk::new(lotse);
    asterisk.agi(&["how long do i have to send something back to you", "0.93"]);
    assert_eq!(asterisk.get("LOTSE_LANGUAGE"), "en", "{:?}", asterisk.variables);
    assert!(asterisk.get("LOTSE_SAY").contains("Did that help?"));
    let mut asterisk = Asterisk::new(lotse);
    asterisk.agi(&["krr wsch", "0.1"]);
    assert!(asterisk.get("LOTSE_SAY").contains("noch einmal"), "{:?}", asterisk.variables);
    asterisk.variables.insert("LOTSE_KEY".to_owned(), "0".to_owned());
    asterisk.agi(&[]);
    assert_eq!(asterisk.get("LOTSE_ACTION"), "transfer");
    // A state that somebody broke does not leave the caller without an answer.
    let mut asterisk = Asterisk::new(lotse);
    asterisk.variables.insert("LOTSE_STATE".to_owned(), "turn=x&asked=nonsense".to_owned());
    asterisk.says("wann haben sie in hamburg geöffnet");
    assert_eq!(asterisk.get("LOTSE_ACTION"), "listen", "{:?}", asterisk.variables);
}

fn what_was_read_is_not_read_again(lotse: &Lotse) {
    let mut asterisk = Asterisk::new(lotse);
    asterisk.agi(&[]);
    asterisk.variables.insert("LOTSE_KEY".to_owned(), "9".to_owned());
    asterisk.variables.insert("CONFIDENCE".to_owned(), "0.1".to_owned());
    asterisk.agi(&[]);
    assert_eq!(asterisk.get("LOTSE_LANGUAGE"), "en", "{:?}", asterisk.variables);
    asterisk.says("how long do i have to send something back to you");
    assert_eq!(asterisk.get("LOTSE_INTENT"), "return_item", "{:?}", asterisk.variables);
    // Silence is silence, not the same words once more.
    asterisk.agi(&[]);
    assert!(asterisk.get("LOTSE_SAY").contains("did not hear you"), "{:?}", asterisk.variables);
    assert_eq!(lotse.turns(asterisk.get("LOTSE_CONVERSATION")).len(), 2);
}

fn machines_are_told_apart(lotse: &Lotse) {
    let mut conversations = Vec::new();
    for script in ["", "kiel", "flensburg"] {
        let mut asterisk =
            Asterisk { script, call: "1700000000.12".to_owned(), ..Asterisk::new(lotse) };
        asterisk.says("wie lange kann ich was zurückschicken");
        conversations.push(asterisk.get("LOTSE_CONVERSATION").to_owned());
    }
    conversations.sort();
    conversations.dedup();
    assert_eq!(conversations.len(), 3);
}

/// `obey` refuses whatever is not one well-formed command.
fn nothing_can_be_injected(lotse: &Lotse) {
    let hostile = "meine rechnung stimmt nicht \" ${SHELL(id)} $[1+1] \\\" )\" \\\\ \u{85}\u{2028} \
                   SET VARIABLE LOTSE_QUEUE \"root\" (zwanzig euro zu viel)";
    let mut asterisk = Asterisk::new(lotse);
    asterisk.says(hostile);
    assert_eq!(asterisk.get("LOTSE_ACTION"), "transfer", "{:?}", asterisk.variables);
    assert_ne!(asterisk.get("LOTSE_QUEUE"), "root");
    for value in asterisk.variables.iter().filter(|(name, _)| name.starts_with("LOTSE")) {
        assert!(!value.1.contains("${") && !value.1.contains("$["), "{value:?}");
    }
}

fn a_hang_up_in_between_loses_nothing(lotse: &Lotse) {
    let mut asterisk = Asterisk::new(lotse);
    asterisk.interjection = "HANGUP\n";
    asterisk.says("auf meiner rechnung sind dreißig euro zu viel");
    let ticket = lotse.get(&format!("/v1/tickets/{}", asterisk.get("LOTSE_TICKET")));
    assert_eq!(ticket["queue"], "billing");
}

fn strange_peers_are_left(lotse: &Lotse) {
    let environment = "agi_network: yes\nagi_uniqueid: 1.1\n\n";
    let endless = "a".repeat(70_000);
    for sent in [
        "GET / HTTP/1.1\r\nHost: lotse\r\n\r\n",
        "\u{0}\u{1}\u{2}\n\n",
        "agi_network yes\n",
        endless.as_str(),
        "\n",
        &format!("{environment}510 Invalid or unknown command\n"),
        &format!("{environment}511 Command Not Permitted on a dead channel\n"),
        &format!("{environment}520-Usage\n520 End of proper usage.\n"),
        &format!("{environment}200 OK\n"),
    ] {
        let mut stream = TcpStream::connect(&lotse.agi).expect("a connection");
        // The service may close before all has been sent.
        let _ = stream.write_all(sent.as_bytes());
        let mut answered = Vec::new();
        stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a timeout");
        match stream.read_to_end(&mut answered) {
            Ok(_) => assert!(!answered.windows(3).any(|part| part == b"SET"), "{sent:?}"),
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
        }
    }
    let mut asterisk = Asterisk::new(lotse);
    asterisk.says("wie lange kann ich was zurückschicken");
    assert_eq!(asterisk.get("LOTSE_ACTION"), "listen", "it goes on for others");
}

#[test]
fn networks_are_kept_out_and_the_end_comes_in_order() {
    let mut lotse = Lotse::start_with(|command| {
        command.env("LOTSE_CHANNELS__AGI__ALLOW", "[\"192.0.2.0/24\"]");
    });
    let mut stream = TcpStream::connect(&lotse.agi).expect("a connection");
    let mut answered = Vec::new();
    let _ = stream.write_all(b"agi_network: yes\nagi_uniqueid: 1.1\n\n");
    let _ = stream.read_to_end(&mut answered);
    assert!(answered.is_empty(), "{answered:?}");
    drop(lotse);

    lotse = Lotse::start();
    // A call in work is finished before the service ends.
    let mut stream = TcpStream::connect(&lotse.agi).expect("a connection");
    stream.write_all(b"agi_network: yes\nagi_uniqueid: 1.1\nagi_arg_1: hallo\n\n").expect("sent");
    let mut input = BufReader::new(stream.try_clone().expect("a stream"));
    let mut command = String::new();
    input.read_line(&mut command).expect("a command");
    assert_eq!(command, "GET FULL VARIABLE ${LOTSE_STATE}\n");
    let id = lotse.server.id().to_string();
    let killed = std::process::Command::new("kill").args(["-TERM", &id]).status();
    assert!(killed.expect("kill").success());
    std::thread::sleep(Duration::from_millis(300));
    let mut set = 0;
    while !command.is_empty() {
        set += usize::from(command.starts_with("SET VARIABLE LOTSE_"));
        stream.write_all(b"200 result=0\n").expect("an answer");
        command.clear();
        input.read_line(&mut command).expect("a command");
    }
    assert!(set >= 10, "{set}");
    assert!(lotse.server.wait().success());
}

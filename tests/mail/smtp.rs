//! The company's mail server: takes mails, keeps them, and fails as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mail_parser::{Message, MessageParser, MimeHeaders};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What goes wrong with the next mail.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// The recipient is answered so.
    Recipient(&'static str),
    /// The contents are answered so, and not kept.
    Contents(&'static str),
    /// The contents are kept, but the connection ends before it is said.
    Vanish,
    /// Nothing is said any more.
    Silence,
}

/// A mail that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) sender: String,
    pub(crate) recipient: String,
    pub(crate) raw: Vec<u8>,
}

impl Taken {
    pub(crate) fn read(&self) -> Message<'_> {
        MessageParser::default().parse(&self.raw).expect("a mail")
    }

    /// A field as text, blanks folded.
    pub(crate) fn header(&self, name: &'static str) -> Option<String> {
        let message = self.read();
        let raw = message.header_raw(name)?;
        Some(raw.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    pub(crate) fn id(&self) -> String {
        self.read().message_id().expect("a Message-ID").to_owned()
    }

    pub(crate) fn subject(&self) -> String {
        self.read().subject().expect("a subject").to_owned()
    }

    pub(crate) fn text(&self) -> String {
        let message = self.read();
        let part = message.text_part(0).expect("a plain part");
        assert_eq!(part.content_type().and_then(|kind| kind.subtype()), Some("plain"));
        part.text_contents().expect("text").replace("\r\n", "\n")
    }

    pub(crate) fn html(&self) -> String {
        let message = self.read();
        message.html_part(0).and_then(|part| part.text_contents()).expect("HTML").to_owned()
    }
}

/// A running mail server.
pub(crate) struct MailServer {
    pub(crate) port: u16,
    state: Arc<State>,
    _runtime: tokio::runtime::Runtime,
}

#[derive(Default)]
struct State {
    taken: Mutex<Vec<Taken>>,
    faults: Mutex<VecDeque<Fault>>,
}

impl MailServer {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::<State>::default();
        let serving = Arc::clone(&state);
        runtime.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                let state = Arc::clone(&serving);
                // A client may leave whenever it likes.
                tokio::spawn(async move { drop(talk(stream, &state).await) });
            }
        });
        Self { port, state, _runtime: runtime }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The next mails meet these faults, one each.
    pub(crate) fn fail(&self, faults: &[Fault]) {
        lock(&self.state.faults).extend(faults);
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        lock(&self.state.taken).clone()
    }

    /// Waits until so many mails were taken, and gives them.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Taken> {
        self.wait_until(|taken| taken.len() >= count)
    }

    /// What was taken as soon as it is enough.
    pub(crate) fn wait_until(&self, enough: impl Fn(&[Taken]) -> bool) -> Vec<Taken> {
        let started = Instant::now();
        while started.elapsed() < Duration::from_mins(2) {
            let taken = self.taken();
            if enough(&taken) {
                return taken;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("only {} mails came", self.taken().len());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn talk(stream: TcpStream, state: &State) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    say(&mut stream, "220 mail.nordlicht.example ESMTP").await?;
    let (mut sender, mut recipient) = (String::new(), String::new());
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim_end();
        let verb = command.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" | "HELO" => {
                say(&mut stream, "250-mail.nordlicht.example\r\n250 8BITMIME").await?;
            }
            "MAIL" => {
                sender = address(command);
                say(&mut stream, "250 2.1.0 Ok").await?;
            }
            "RCPT" => {
                recipient = address(command);
                let answer = refusal(&mut lock(&state.faults)).unwrap_or("250 2.1.5 Ok");
                say(&mut stream, answer).await?;
            }
            "DATA" => {
                say(&mut stream, "354 End data with <CR><LF>.<CR><LF>").await?;
                let raw = contents(&mut stream).await?;
                let mail = Taken { sender: sender.clone(), recipient: recipient.clone(), raw };
                let fault = lock(&state.faults).pop_front();
                match fault {
                    Some(Fault::Contents(answer)) => say(&mut stream, answer).await?,
                    Some(Fault::Silence) => {
                        tokio::time::sleep(Duration::from_hours(1)).await;
                    }
                    Some(Fault::Vanish) => {
                        lock(&state.taken).push(mail);
                        return Ok(());
                    }
                    _ => {
                        lock(&state.taken).push(mail);
                        say(&mut stream, "250 2.0.0 Ok: queued").await?;
                    }
                }
            }
            "RSET" | "NOOP" => say(&mut stream, "250 2.0.0 Ok").await?,
            "QUIT" => return say(&mut stream, "221 2.0.0 Bye").await,
            _ => say(&mut stream, "502 5.5.2 Command not known").await?,
        }
    }
}

/// The answer to a recipient who is to be refused next.
fn refusal(faults: &mut VecDeque<Fault>) -> Option<&'static str> {
    let Some(Fault::Recipient(answer)) = faults.front().copied() else { return None };
    faults.pop_front();
    Some(answer)
}

async fn say(stream: &mut BufReader<TcpStream>, answer: &str) -> std::io::Result<()> {
    stream.write_all(format!("{answer}\r\n").as_bytes()).await
}

/// What stands in angle brackets.
fn address(command: &str) -> String {
    let (_, rest) = command.split_once('<').expect("an address");
    rest.split('>').next().expect("an address").to_owned()
}

/// Everything up to the line with a single full stop, doubled ones undone.
async fn contents(stream: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    loop {
        let mut line = Vec::new();
        let read = stream.read_until(b'\n', &mut line).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(raw);
        }
        raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

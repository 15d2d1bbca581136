//! The lines that Asterisk and a `FastAGI` server exchange.

use std::collections::HashMap;
use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Longest line that is read, in bytes.
const LINE_BYTES: u64 = 16 * 1024;

/// Most lines of the greeting, and of an answer of several lines.
const MOST_LINES: usize = 300;

/// Longest value of a variable that is set, in bytes. Asterisk cuts commands at 2,048 bytes, and a
/// value doubles at most where it is quoted.
pub(super) const VALUE_BYTES: usize = 1900;

/// Why a call cannot be worked on.
#[derive(Debug, thiserror::Error)]
pub(super) enum AgiError {
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Broken(#[from] io::Error),
    /// The other side went away in the middle.
    #[error("the connection ended early")]
    Ended,
    /// A line that no telephone system sends.
    #[error("a line is longer than {LINE_BYTES} bytes, or there are too many")]
    TooLong,
    /// Something that is no answer.
    #[error("what came is no answer of AGI")]
    NotAgi,
    /// 511: the caller has hung up, and commands do nothing any more.
    #[error("the call is over")]
    Over,
    /// 510 or 520: the command is not known there, or not in this form.
    #[error("the telephone system refused a command ({0})")]
    Refused(u16),
}

/// A line of the other side: text in whatever encoding.
async fn line(input: &mut (impl AsyncBufRead + Unpin)) -> Result<String, AgiError> {
    let mut bytes = Vec::new();
    let read = (&mut *input).take(LINE_BYTES).read_until(b'\n', &mut bytes).await?;
    if read == 0 {
        return Err(AgiError::Ended);
    }
    if bytes.pop() != Some(b'\n') {
        return Err(if read as u64 == LINE_BYTES { AgiError::TooLong } else { AgiError::Ended });
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What Asterisk tells of a call when it connects, without the `agi_` before the names. Values that
/// it calls "unknown" are left out.
pub(super) async fn environment(
    input: &mut (impl AsyncBufRead + Unpin),
) -> Result<HashMap<String, String>, AgiError> {
    let mut environment = HashMap::new();
    for _ in 0..MOST_LINES {
        let line = line(input).await?;
        if line.is_empty() {
            return Ok(environment);
        }
        let (name, value) = line.split_once(':').ok_or(AgiError::NotAgi)?;
        let name = name.strip_prefix("agi_").ok_or(AgiError::NotAgi)?;
        let value = value.strip_prefix(' ').unwrap_or(value);
        if !value.is_empty() && value != "unknown" {
            environment.insert(name.to_owned(), value.to_owned());
        }
    }
    Err(AgiError::TooLong)
}

/// A connection on which commands are sent, each with one answer.
pub(super) struct Commands<'a, Input, Output> {
    pub(super) input: &'a mut Input,
    pub(super) output: &'a mut Output,
}

impl<Input: AsyncBufRead + Unpin, Output: AsyncWrite + Unpin> Commands<'_, Input, Output> {
    /// The value of a channel variable, none if it is not set. Expressions such as
    /// `${TRANSCRIPT}` are worked out by Asterisk.
    pub(super) async fn variable(&mut self, name: &str) -> Result<Option<String>, AgiError> {
        self.run(&format!("GET FULL VARIABLE ${{{name}}}")).await
    }

    /// Sets a channel variable.
    pub(super) async fn set(&mut self, name: &str, value: &str) -> Result<(), AgiError> {
        self.run(&set_command(name, value)).await.map(|_| ())
    }

    /// Sends one command, and gives the value of its answer.
    async fn run(&mut self, command: &str) -> Result<Option<String>, AgiError> {
        self.output.write_all(command.as_bytes()).await?;
        self.output.write_all(b"\n").await?;
        self.output.flush().await?;
        self.answer().await
    }

    /// Reads `200 result=1 (value)`. A caller who hangs up meanwhile is announced by a line of its
    /// own, before the answer or in its place; variables can still be set then.
    async fn answer(&mut self) -> Result<Option<String>, AgiError> {
        for _ in 0..MOST_LINES {
            let line = line(self.input).await?;
            if line == "HANGUP" || line.is_empty() {
                continue;
            }
            let code = line.get(..3).and_then(|code| code.parse::<u16>().ok());
            return match code {
                Some(200) => value(&line),
                Some(511) => Err(AgiError::Over),
                // "520-" begins an answer of several lines, "520 " ends it.
                Some(520) if line.as_bytes().get(3) == Some(&b'-') => {
                    self.skip_usage().await?;
                    Err(AgiError::Refused(520))
                }
                Some(code @ (510 | 520)) => Err(AgiError::Refused(code)),
                _ => Err(AgiError::NotAgi),
            };
        }
        Err(AgiError::TooLong)
    }

    async fn skip_usage(&mut self) -> Result<(), AgiError> {
        for _ in 0..MOST_LINES {
            if line(self.input).await?.starts_with("520 ") {
                return Ok(());
            }
        }
        Err(AgiError::TooLong)
    }
}

/// The value between the first parenthesis and the last: it may hold parentheses itself.
fn value(line: &str) -> Result<Option<String>, AgiError> {
    let result = line.strip_prefix("200 result=").ok_or(AgiError::NotAgi)?;
    let (number, rest) = result.split_once(' ').unwrap_or((result, ""));
    if number != "1" {
        return Ok(None);
    }
    let value = rest.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')'));
    Ok(value.map(|(value, _)| value.to_owned()))
}

/// A command that sets a variable: one line, whatever the value holds. `name` is one of ours.
fn set_command(name: &str, value: &str) -> String {
    format!("SET VARIABLE {name} \"{}\"", quoted(value))
}

/// The value between quotes. Line ends and other control characters are blanks: they would end the
/// command. Expressions of dialplans (`${…}`, `$[…]`) lose their sign: Asterisk does not work them
/// out in values, but others do.
fn quoted(value: &str) -> String {
    let plain: Vec<char> = value
        .chars()
        .map(|one| if one.is_control() || "\u{2028}\u{2029}".contains(one) { ' ' } else { one })
        .collect();
    let mut quoted = String::new();
    for (place, &one) in plain.iter().enumerate() {
        if one == '$' && matches!(plain.get(place + 1), Some('{' | '[' | '$')) {
            continue;
        }
        let is_escaped = matches!(one, '"' | '\\');
        if quoted.len() + usize::from(is_escaped) + one.len_utf8() > VALUE_BYTES {
            break;
        }
        if is_escaped {
            quoted.push('\\');
        }
        quoted.push(one);
    }
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How Asterisk takes a command apart (`parse_args` of `res_agi.c`): blanks part the arguments,
    /// quotes hold them together, a backslash takes the next character as it is.
    fn arguments(line: &str) -> Vec<String> {
        let (mut arguments, mut argument) = (Vec::new(), None::<String>);
        let (mut is_quoted, mut is_escaped) = (false, false);
        for one in line.chars() {
            match one {
                '"' if !is_escaped => {
                    is_quoted = !is_quoted;
                    argument.get_or_insert_default();
                }
                '\\' if !is_escaped => {
                    is_escaped = true;
                    continue;
                }
                ' ' | '\t' if !is_quoted && !is_escaped => arguments.extend(argument.take()),
                other => argument.get_or_insert_default().push(other),
            }
            is_escaped = false;
        }
        assert!(!is_quoted, "{line}");
        arguments.extend(argument);
        arguments
    }

    proptest! {
        #[test]
        fn any_value_is_one_argument_of_one_line(
            value in "(?s).{0,80}|[\\x00-\\x1f\"\\\\ ${}\\[a\u{2028}]{0,60}"
        ) {
            let command = set_command("LOTSE_SAY", &value);
            prop_assert!(!command.chars().any(char::is_control));
            let arguments = arguments(&command);
            prop_assert_eq!(arguments.len(), 4, "{:?}", arguments);
            prop_assert_eq!(&arguments[..3], &["SET", "VARIABLE", "LOTSE_SAY"]);
            let kept: String = value
                .chars()
                .map(|one| if one.is_control() || one == '\u{2028}' { ' ' } else { one })
                .collect();
            if !kept.contains('$') {
                prop_assert_eq!(&arguments[3], &kept);
            }
            let is_worked_out = arguments[3].contains("${") || arguments[3].contains("$[");
            prop_assert!(!is_worked_out);
        }

        #[test]
        fn commands_are_short(value in "[\"\\\\ä€😀]{0,3000}") {
            prop_assert!(set_command("LOTSE_SUMMARY", &value).len() < 2040);
        }
    }

    async fn asked(answer: &str) -> Result<Option<String>, AgiError> {
        let (mut input, mut output) = (answer.as_bytes(), Vec::new());
        let value =
            Commands { input: &mut input, output: &mut output }.variable("TRANSCRIPT").await;
        assert_eq!(output, b"GET FULL VARIABLE ${TRANSCRIPT}\n");
        value
    }

    #[tokio::test]
    async fn answers_are_read() {
        for (answer, expected) in [
            ("200 result=1 (wo ist mein paket)\n", Some("wo ist mein paket")),
            ("200 result=1 (a (b) c)\r\n", Some("a (b) c")),
            ("200 result=1 (a) endpos=16\n", Some("a")),
            ("200 result=1 ()\n", Some("")),
            ("200 result=0\n", None),
            ("200 result=1\n", None),
            ("200 result=-1\n", None),
            ("HANGUP\n200 result=1 (a)\n", Some("a")),
        ] {
            let value = asked(answer).await.expect(answer);
            assert_eq!(value.as_deref(), expected, "{answer}");
        }
    }

    #[tokio::test]
    async fn refusals_are_told_apart() {
        let refused = |answer: &'static str| async move { asked(answer).await.expect_err(answer) };
        let usage = "520-Invalid command syntax.  Proper usage follows:\n Usage: GET FULL\n\
                     520 End of proper usage.\n";
        assert!(matches!(refused(usage).await, AgiError::Refused(520)));
        assert!(matches!(
            refused("510 Invalid or unknown command\n").await,
            AgiError::Refused(510)
        ));
        assert!(matches!(
            refused("511 Command Not Permitted on a dead channel\n").await,
            AgiError::Over
        ));
        assert!(matches!(refused("HTTP/1.1 400 Bad Request\n").await, AgiError::NotAgi));
        assert!(matches!(refused("200 OK\n").await, AgiError::NotAgi));
        assert!(matches!(refused("ä\n").await, AgiError::NotAgi));
        assert!(matches!(refused("").await, AgiError::Ended));
        assert!(matches!(refused("200 result=1 (cut").await, AgiError::Ended));
        assert!(matches!(refused("520-Usage\nand on").await, AgiError::Ended));
    }

    #[tokio::test]
    async fn nothing_is_read_without_end() {
        let endless = "a".repeat(100_000);
        assert!(matches!(environment(&mut endless.as_bytes()).await, Err(AgiError::TooLong)));
        let lines = "agi_arg_1: x\n".repeat(1000);
        assert!(matches!(environment(&mut lines.as_bytes()).await, Err(AgiError::TooLong)));
        let hung_up = "HANGUP\n".repeat(1000);
        let (mut input, mut output) = (hung_up.as_bytes(), Vec::new());
        let mut commands = Commands { input: &mut input, output: &mut output };
        assert!(matches!(commands.set("A", "b").await, Err(AgiError::TooLong)));
    }

    #[tokio::test]
    async fn an_environment_is_read_to_the_blank_line() {
        let lines = "agi_network: yes\nagi_request: agi://lotse.example/de\nagi_callerid: unknown\n\
                     agi_arg_1: eins: zwei\r\nagi_uniqueid: 1700000000.12\n\nrest";
        let environment = environment(&mut lines.as_bytes()).await.expect("an environment");
        assert_eq!(environment["arg_1"], "eins: zwei");
        assert_eq!(environment["uniqueid"], "1700000000.12");
        assert!(!environment.contains_key("callerid"));
        for bad in ["GET / HTTP/1.1\r\n\r\n", "agi_network yes\n\n", "\u{0}\n\n"] {
            let read = super::environment(&mut bad.as_bytes()).await;
            assert!(matches!(read, Err(AgiError::NotAgi)), "{bad:?}");
        }
    }
}

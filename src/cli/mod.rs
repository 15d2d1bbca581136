//! What did the operator ask for? One file a command; each turns its arguments into a call of the
//! library and prints what came of it. Results go to standard output, progress and logs to standard
//! error; exit status 0 done, 1 failed, 2 wrong usage.

mod batch;
mod bench;
mod classify;
mod corrections;
mod cross_validate;
mod deliveries;
mod evaluate;
mod import;
mod init;
mod key;
pub mod knowledge;
mod lambda;
mod model;
mod operator;
mod pack;
pub mod routing;
pub mod serve;
mod summaries;
mod train;
mod user;

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "lotse",
    version,
    about = "Reads every customer message and steers it: an approved answer, a question back, or \
             the right human queue.",
    after_help = "Start with:  lotse serve          then open http://127.0.0.1:8080\n\
                  Try a line:  echo 'Wo ist mein Paket?' | lotse classify\n\
                  Your own:    lotse init my-company"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service: HTTP interface, page, desk
    Serve(serve::ServeArguments),
    /// Make a small operator's directory of your own
    Init(init::InitArguments),
    /// Add, list and remove the keys of callers
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Add, list and remove the people who sign in to the console
    #[command(subcommand)]
    User(user::UserCommand),
    /// Pass events of Amazon Connect and Lex V2 on to a running service, as an AWS Lambda function
    Lambda(lambda::LambdaArguments),
    /// Print what agents corrected as labelled rows for training
    Corrections(corrections::CorrectionsArguments),
    /// Show what other systems did not take, and send it again
    #[command(subcommand)]
    Deliveries(deliveries::DeliveriesCommand),
    /// Classify lines of standard input, one JSON result a line
    Classify(classify::ClassifyArguments),
    /// Work through a file of messages: CSV, JSON lines, Parquet or mails, of any size
    Batch(Box<batch::BatchArguments>),
    /// Check the articles, try a search, understand a rank
    #[command(subcommand)]
    Knowledge(knowledge::KnowledgeCommand),
    /// Check the routing, and see where a message would go
    Routing(routing::RoutingArguments),
    /// Train a model pack on labelled messages
    Train(train::TrainArguments),
    /// Measure a model on labelled messages: figures with intervals, slices, mistakes
    Evaluate(evaluate::EvaluateArguments),
    /// Tell what a model pack is, or check that it is whole
    #[command(subcommand)]
    Model(model::ModelCommand),
}

/// candle keeps a second pool of threads that spin while they wait, and reads its size from the
/// environment alone. On a machine that does anything else they cost half the time, so the process
/// starts itself again, once, with that pool switched off.
fn without_spinning_threads() -> std::io::Result<()> {
    const VARIABLE: &str = "CANDLE_NUM_THREADS";
    #[cfg(unix)]
    if std::env::var_os(VARIABLE).is_none() {
        use std::os::unix::process::CommandExt;
        let program = std::env::current_exe()?;
        let mut arguments = std::env::args_os();
        // The name under which it was started says what to do where nothing else does.
        let name = arguments.next().unwrap_or_else(|| program.clone().into_os_string());
        return Err(std::process::Command::new(program)
            .arg0(name)
            .args(arguments)
            .env(VARIABLE, "1")
            .exec());
    }
    Ok(())
}

/// The arguments of this process. AWS Lambda starts a program named `bootstrap` and gives it none:
/// that is `lotse lambda`.
fn arguments() -> Vec<OsString> {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    if let [program] = arguments.as_slice()
        && Path::new(program).file_name() == Some(OsStr::new("bootstrap"))
    {
        arguments.push("lambda".into());
    }
    arguments
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    if let Err(error) = without_spinning_threads() {
        eprintln!("lotse: cannot set CANDLE_NUM_THREADS ({error}); going on without");
    }
    let arguments = Arguments::parse_from(arguments());
    let done = match arguments.command {
        Command::Serve(arguments) => serve::run(&arguments).map(|()| true),
        Command::Init(arguments) => init::run(&arguments).map(|()| true),
        Command::Key(command) => key::run(&command).map(|()| true),
        Command::User(command) => user::run(&command).map(|()| true),
        Command::Lambda(arguments) => lambda::run(&arguments).map(|()| true),
        Command::Corrections(arguments) => corrections::run(&arguments).map(|()| true),
        Command::Deliveries(command) => {
            deliveries::run(&command, &mut std::io::stdout().lock()).map(|()| true)
        }
        Command::Classify(arguments) => classify::run(&arguments),
        Command::Batch(arguments) => batch::run(&arguments).map(|()| true),
        Command::Knowledge(command) => knowledge::run(command, &mut std::io::stdout().lock()),
        Command::Routing(arguments) => {
            routing::run(&arguments, &mut std::io::stdout().lock()).map(|()| true)
        }
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Train(arguments) => train::run(&arguments).map(|()| true),
        Command::Model(command) => model::run(&command).map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("lotse: {error:#}");
            ExitCode::FAILURE
        }
    }
}

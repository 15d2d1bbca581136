//! What did the operator ask for? One file a command; each turns its arguments into a call of the
//! library and prints what came of it. Results go to standard output, progress and logs to standard
//! error; exit status 0 done, 1 failed, 2 wrong usage.

mod classify;
mod model;
mod train;

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
    /// Classify lines of standard input, one JSON result a line
    Classify(classify::ClassifyArguments),
    /// Train a model pack on labelled messages
    Train(train::TrainArguments),
    /// Tell what a model pack is, or check that it is whole
    #[command(subcommand)]
    Model(model::ModelCommand),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Classify(arguments) => classify::run(&arguments),
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

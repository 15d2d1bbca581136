//! The `lotse` binary: reads the command line and hands over to [`lotse::cli`].

fn main() -> std::process::ExitCode {
    lotse::cli::main()
}

//! A running `lotse serve` with a store of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take until it is ready. Generous: test machines are slow and shared.
const READY_WITHIN: Duration = Duration::from_mins(2);

/// A child process that is killed when the test ends.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    pub(crate) store: PathBuf,
}

impl Server {
    /// Starts the demo on a free port with its store at `store` and waits until it is ready.
    pub(crate) fn start(store: &Path) -> Self {
        Self::start_with(store, |_| {})
    }

    /// As [`Server::start`], with further settings of the command.
    pub(crate) fn start_with(store: &Path, settings: impl FnOnce(&mut Command)) -> Self {
        lotse::channels::outgoing::choose_tls();
        let port = free_port();
        let address = format!("127.0.0.1:{port}");
        let mut command = super::lotse();
        command
            .args(["serve", "--dir", "demo", "--listen", &address])
            .env("LOTSE_STORE__PATH", store)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        settings(&mut command);
        let child = command.spawn().expect("the binary starts");
        let mut server = Self { child, address, store: store.to_owned() };
        server.wait_until_ready();
        server
    }

    /// `http://…` + `path`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the process has ended.
    pub(crate) fn wait(&mut self) -> std::process::ExitStatus {
        self.child.wait().expect("the server can be waited for")
    }

    /// Ends the process as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the server is killed");
        self.child.wait().expect("the server ended");
    }

    fn wait_until_ready(&mut self) {
        let started = Instant::now();
        while started.elapsed() < READY_WITHIN {
            if let Some(status) = self.child.try_wait().expect("the child can be asked") {
                panic!("lotse serve ended with {status} before it was ready");
            }
            let answer = reqwest::blocking::get(self.url("/readyz"));
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("lotse serve was not ready within {READY_WITHIN:?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nothing listens on.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

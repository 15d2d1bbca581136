//! The page in a real browser, see `tests/browser/page.mjs`. `tests/run` installs what it needs.

mod common;

use std::process::Command;

use common::server::Server;

#[test]
fn a_visitor_uses_the_page() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(&dir.path().join("lotse.sqlite"));
    let output = Command::new("node")
        .args(["tests/browser/page.mjs", &server.url("")])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("node runs; tests/run installs the rest");
    assert!(output.status.success(), "{}", common::stderr(&output));
}

//! The page and its files.

use lotse::domain::Role;
use reqwest::{Method, StatusCode};

use super::support::{Service, Settings};

#[tokio::test]
async fn it_says_that_the_demo_is_open() {
    let service = Service::start().await;
    let page = service.request(Method::GET, "/").send().await.expect("an answer");
    assert!(page.text().await.expect("text").contains("data-access=\"open\""));
    let keys: &[_] = &[("key-of-admin", Role::Admin)];
    let service = Service::start_with(Settings { keys, ..Settings::default() }).await;
    let page = service.request(Method::GET, "/").send().await.expect("an answer");
    assert!(page.text().await.expect("text").contains("data-access=\"keys\""));
}

#[tokio::test]
async fn all_that_it_loads_is_there_and_safe() {
    let service = Service::start().await;
    let page = service.request(Method::GET, "/").send().await.expect("an answer");
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    let page = page.text().await.expect("text");
    assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains("onclick"));
    let mut names = vec!["flag.svg", "style.css", "page.js"];
    let scripts = ["api.js", "conversation.js", "dom.js", "markdown.js", "reading.js", "texts.js"];
    assert!(names.iter().all(|name| page.contains(name)));
    names.extend(scripts);
    for name in names {
        let path = format!("/assets/{name}");
        let file = service.request(Method::GET, &path).send().await.expect("an answer");
        assert_eq!(file.status(), StatusCode::OK, "{name}");
        let tag = file.headers()["etag"].clone();
        let again = service.request(Method::GET, &path).header("if-none-match", tag).send().await;
        assert_eq!(again.expect("an answer").status(), StatusCode::NOT_MODIFIED, "{name}");
    }
}

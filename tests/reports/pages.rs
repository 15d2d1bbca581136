//! The page, as far as it can be told without looking at it.

use reqwest::{Method, StatusCode};

use crate::http::{WINDOW, played};
use crate::support::Service;

#[tokio::test]
async fn it_brings_no_script_and_no_style_of_its_own() {
    let service = played().await;
    let path = format!("/reports?{WINDOW}");
    let response = service.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("form-action 'self'"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    let page = response.text().await.unwrap();
    assert!(!page.contains("<script") && !page.contains("<style") && !page.contains(" style="));
    assert!(!page.contains(" onclick") && !page.contains("javascript:"));
    // What customers wrote is text.
    assert!(!page.contains("<script>alert"));
    for file in ["/assets/common/tokens.css", "/assets/reports/reports.css"] {
        assert!(page.contains(file), "{file}");
        let style = service.request(Method::GET, file).send().await.unwrap();
        assert_eq!(style.status(), StatusCode::OK, "{file}");
        assert!(style.headers()["content-type"].to_str().unwrap().starts_with("text/css"));
    }
}

#[tokio::test]
async fn it_speaks_the_language_of_the_browser() {
    let service = played().await;
    let page = |accept: &'static str, query: &'static str| {
        let path = format!("/reports?{WINDOW}{query}");
        let request = service.request(Method::GET, &path).header("accept-language", accept).send();
        async { request.await.unwrap().text().await.unwrap() }
    };
    for (accept, query, language, words) in [
        ("de-DE,de;q=0.9,en;q=0.8", "", "de", "Vom Bot gelöst"),
        ("en-GB,en;q=0.9", "", "en", "Answered by the bot"),
        ("fr-FR, en;q=0.3, de;q=0.7", "", "de", "Wissenslücken"),
        ("fr", "", "en", "Knowledge gaps"),
        ("de", "&lang=en", "en", "Waiting and promises"),
        ("en", "&lang=de", "de", "Wartezeit und Zusagen"),
    ] {
        let page = page(accept, query).await;
        assert!(page.contains(&format!("<html lang=\"{language}\">")), "{accept} {query}");
        assert!(page.contains(words), "{accept} {query}");
    }
    // A language that was chosen by hand is kept by links and forms, and tables have none.
    let page = page("en", "&lang=de").await;
    assert!(page.contains("href=\"/reports?days=30&amp;lang=de\""), "{page}");
    assert!(page.contains("<input type=\"hidden\" name=\"lang\" value=\"de\">"));
    assert!(page.contains("/v1/reports/agents.csv?from=2024-11-18&amp;to=2024-11-19\""));
    // Names for people, not of the program.
    assert!(page.contains("Beschwerden") || page.contains("Rechnung"), "{page}");
}

#[tokio::test]
async fn every_tag_is_closed_and_every_name_leads_somewhere() {
    let service = played().await;
    for path in
        [format!("/reports?{WINDOW}"), "/reports".to_owned(), "/reports?days=90&lang=de".to_owned()]
    {
        let page = service.read(&path).await;
        check_tags(&page);
        let ids: Vec<&str> =
            page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let distinct: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), distinct.len(), "{ids:?}");
        for named in page.split("aria-labelledby=\"").skip(1) {
            for id in named.split('"').next().unwrap().split(' ') {
                assert!(distinct.contains(id), "{id}");
            }
        }
    }
}

/// Opens and closes in order; void elements stand alone.
fn check_tags(page: &str) {
    const VOID: [&str; 4] = ["meta", "link", "input", "!doctype"];
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("a tag ends");
        let name = tag.split([' ', '\n']).next().unwrap();
        if let Some(name) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{tag}");
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[tokio::test]
async fn a_drawing() {
    let service = played().await;
    let page = service.read(&format!("/reports?{WINDOW}")).await;
    let start = page.find("<div class=\"plot\">").unwrap();
    let end = start + page[start..].find("</div>").unwrap();
    insta::assert_snapshot!(page[start..end].replace("><", ">\n<"));
}

#[tokio::test]
async fn an_empty_store_says_what_to_do() {
    let service = Service::start().await;
    let page = service.read("/reports?lang=de").await;
    assert!(page.contains("Noch keine Nachrichten") && page.contains("href=\"/\""), "{page}");
    let played = played().await;
    let page = played.read("/reports?from=2024-01-08&to=2024-01-09").await;
    assert!(page.contains("Nothing happened in this period"));
}

#[tokio::test]
async fn a_mistake_is_told_on_the_page() {
    let service = Service::start().await;
    for (query, status, words) in [
        ("from=2024-11-20&to=2024-11-19", 422, "Swap the two days"),
        ("from=%3Cb%3E", 422, "This is no day such as 2026-11-01: &lt;b&gt;"),
        ("from=2999-01-01", 422, "The period lies in the future"),
        ("channel=fax", 422, "There is no such channel: fax"),
        ("queue=nobody", 404, "There is no such queue: nobody"),
    ] {
        let path = format!("/reports?{query}");
        let response = service.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{query}");
        let page = response.text().await.unwrap();
        assert!(page.contains("role=\"alert\"") && page.contains(words), "{query}: {page}");
        // The form is there to put it right.
        assert!(page.contains("<form class=\"filters\""));
    }
    // The form of the page sends its blank fields, and days beside a ready period.
    let page = service.read("/reports?days=7&from=2024-11-02&to=&channel=&queue=&language=").await;
    assert!(page.contains("2\u{a0}Nov"), "{page}");
}

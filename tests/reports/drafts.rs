//! Drafts of missing articles: written once, found by their owner, never said by the bot.

use std::path::Path;

use lotse::domain::{Action, ArticleStatus, Channel, Language, Role};
use lotse::knowledge::parse;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::Service;

#[tokio::test]
async fn a_draft_is_a_whole_article_that_is_never_said() {
    let service = Service::start().await;
    let body = json!({
        "title": "Gutschein \"zum Verschenken\" \\ für\nFreunde",
        "language": "de",
        "intents": ["discount_voucher"],
        "questions": ["Kann ich einen Gutschein verschenken?", "Gibt es Gutscheine?"],
        "text": "+++\nAn der Kasse.",
    });
    let (status, answer) = service.post("/v1/knowledge/drafts", body.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    assert_eq!(answer["id"], "gutschein-zum-verschenken-fuer-freunde");
    let name = "gutschein-zum-verschenken-fuer-freunde.md";
    assert_eq!(answer["path"], format!("knowledge/de/{name}"));
    let file = service.knowledge.join("de").join(name);
    let bytes = std::fs::read(&file).unwrap();
    let article = parse(&file, Language::De, &bytes).unwrap().article;
    assert_eq!(article.title, "Gutschein \"zum Verschenken\" \\ für Freunde");
    assert_eq!(article.status, ArticleStatus::Draft);
    assert_eq!(
        (article.owner.as_str(), article.intents.as_slice()),
        ("demo", &["discount_voucher".to_owned()][..])
    );
    assert_eq!(article.questions.len(), 2);
    assert_eq!(article.body, "+++\nAn der Kasse.");
    assert!(article.review_by.unwrap() > jiff::Zoned::now().date());

    // Neither a second time nor over what somebody wrote since.
    std::fs::write(&file, b"mine").unwrap();
    let (status, answer) = service.post("/v1/knowledge/drafts", body).await;
    assert_eq!(
        (status, answer["error"]["code"].as_str()),
        (StatusCode::CONFLICT, Some("article_exists"))
    );
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    std::fs::write(&file, bytes).unwrap();

    // The folder is followed: the draft is there soon, and not said.
    let id = "gutschein-zum-verschenken-fuer-freunde";
    let mut found = None;
    for _ in 0..200 {
        found = service.articles.current().article(id, Language::De);
        if found.is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(found.map(|article| article.status), Some(ArticleStatus::Draft));
    let outcome = service
        .at("2024-11-18T09:00:00Z")
        .say(Channel::Chat, "c-1", "Kann ich einen Gutschein verschenken?")
        .await;
    assert_eq!(outcome.decision.action, Action::Escalate);
}

#[tokio::test]
async fn nonsense_is_refused_and_writes_nothing() {
    let service = Service::start().await;
    let before = files(&service.knowledge);
    for (body, status, code) in [
        (json!({ "title": "  ", "language": "de" }), 422, "text_blank"),
        (json!({ "title": "???", "language": "de" }), 422, "text_blank"),
        (json!({ "title": "a".repeat(200), "language": "de" }), 422, "text_too_long"),
        (json!({ "title": "T", "language": "fr" }), 422, "unknown_language"),
        (json!({ "title": "T", "language": "de", "intents": ["x\"]"] }), 422, "unknown_value"),
        (
            json!({ "title": "T", "language": "de", "questions": ["q".repeat(999)] }),
            422,
            "text_too_long",
        ),
        (
            json!({ "title": "T", "language": "de", "questions": vec!["q"; 40] }),
            422,
            "invalid_request",
        ),
        (json!({ "title": "T", "language": "de", "path": "/etc" }), 422, "unknown_field"),
        (json!({ "language": "de" }), 422, "missing_field"),
        (json!({ "title": "Returns", "language": "de" }), 409, "article_exists"),
    ] {
        let (found, answer) = service.post("/v1/knowledge/drafts", body.clone()).await;
        assert_eq!(
            (found.as_u16(), answer["error"]["code"].as_str()),
            (status, Some(code)),
            "{body}"
        );
    }
    assert_eq!(files(&service.knowledge), before);
}

#[tokio::test]
async fn titles_stay_within_the_folder() {
    let service = Service::start().await;
    let body = json!({ "title": "../../en/Über uns", "language": "de" });
    let (status, answer) = service.post("/v1/knowledge/drafts", body).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(answer["path"], "knowledge/de/en-ueber-uns.md");
    let article = std::fs::read(service.knowledge.join("de/en-ueber-uns.md")).unwrap();
    let parsed = parse(Path::new("en-ueber-uns.md"), Language::De, &article).unwrap();
    assert_eq!(parsed.article.body, "Hier steht die Antwort.");
}

#[tokio::test]
async fn agents_write_none() {
    let service = Service::start_with(&[("agent", Role::Agent), ("lead", Role::Lead)]).await;
    let draft = |key: &'static str| {
        let request = service.request(Method::POST, "/v1/knowledge/drafts").bearer_auth(key);
        request.json(&json!({ "title": "Neu", "language": "de" })).send()
    };
    assert_eq!(draft("agent").await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(draft("lead").await.unwrap().status(), StatusCode::CREATED);
    let written = std::fs::read_to_string(service.knowledge.join("de/neu.md")).unwrap();
    assert!(written.contains("owner = \"lead\""), "{written}");
}

#[tokio::test]
async fn the_form_leads_from_a_question_to_a_file() {
    let service = Service::start().await;
    let form = [
        ("title", "Gutschein <b>verschenken</b>"),
        ("language", "de"),
        ("intents", "discount_voucher, return_item"),
        ("questions", "Kann ich das?\r\n\r\nGeht das?"),
        ("lang", "de"),
    ];
    let shown = service.send_form("/reports/draft", &form).await;
    assert_eq!(shown.status(), StatusCode::OK);
    let shown = shown.text().await.unwrap();
    assert!(
        shown.contains("Gutschein &lt;b&gt;verschenken&lt;/b&gt;")
            && !shown.contains("<b>verschenken")
    );
    assert!(files(&service.knowledge).len() == 1, "looking at the form writes nothing");

    let write = || service.send_form("/reports/drafts", &form);
    let written = write().await;
    assert_eq!(written.status(), StatusCode::SEE_OTHER);
    let place = written.headers()["location"].to_str().unwrap().to_owned();
    let page = service.read(&place).await;
    assert!(page.contains("knowledge/de/gutschein-b-verschenken-b.md"), "{page}");
    let file = std::fs::read_to_string(service.knowledge.join("de/gutschein-b-verschenken-b.md"));
    let file = file.unwrap();
    assert!(file.contains("intents = [\"discount_voucher\", \"return_item\"]"), "{file}");
    assert!(file.contains("  \"Geht das?\",\n"), "{file}");
    // The second time, the form comes back with its contents and what was wrong.
    let again = write().await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    let again = again.text().await.unwrap();
    assert!(again.contains("role=\"alert\"") && again.contains("Geht das?"));
    // What the browser makes up is not shown as a file.
    let odd = service.request(Method::GET, "/reports/drafts?id=..%2Fx&language=de");
    let odd = odd.send().await.unwrap();
    assert_eq!(odd.status(), StatusCode::NOT_FOUND);
}

/// A form counts only from a page of this address; the page's own policy makes browsers say so.
#[tokio::test]
async fn forms_of_other_pages_write_nothing() {
    let service = Service::start().await;
    let page = service.request(Method::GET, "/reports").send().await.unwrap();
    assert_eq!(page.headers()["referrer-policy"], "same-origin");
    let host = page.url().host_str().unwrap().to_owned();
    let own = format!("http://{host}:{}", page.url().port().unwrap());
    for (origin, status) in [
        ("null", StatusCode::FORBIDDEN),
        ("https://elsewhere.example", StatusCode::FORBIDDEN),
        (own.as_str(), StatusCode::SEE_OTHER),
    ] {
        let sent = service
            .request(Method::POST, "/reports/drafts")
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded")
            .body("title=Neu&language=de&lang=de")
            .send()
            .await
            .unwrap();
        assert_eq!(sent.status(), status, "{origin}");
        let written = service.knowledge.join("de/neu.md").exists();
        assert_eq!(written, status == StatusCode::SEE_OTHER, "{origin}");
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

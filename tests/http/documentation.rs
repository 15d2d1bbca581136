//! The description of the interface.

use reqwest::{Method, StatusCode};

use super::support::Service;

#[tokio::test]
async fn every_route_is_described() {
    let service = Service::start().await;
    let (status, description) = service.get("/openapi.json").await;
    assert_eq!(status, StatusCode::OK);
    let mut routes: Vec<String> = Vec::new();
    for (path, item) in description["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let text = operation["description"].as_str().unwrap_or_default();
            let summary = operation["summary"].as_str().unwrap_or_default();
            assert!(!summary.is_empty(), "{method} {path} has no summary");
            let tag = operation["tags"][0].as_str().unwrap_or("no tag");
            let role = text.lines().last().unwrap_or_default();
            routes.push(format!("{:5} {path} · {tag} · {role}", method.to_uppercase()));
        }
    }
    routes.sort();
    insta::assert_snapshot!(routes.join("\n"));
    let text = description.to_string();
    assert!(text.contains("text_blank") && text.contains("overloaded"), "codes are listed");
}

#[tokio::test]
async fn its_page_needs_nothing_from_elsewhere() {
    let service = Service::start().await;
    let page = service.request(Method::GET, "/docs/").send().await.expect("an answer");
    assert_eq!(page.status(), StatusCode::OK);
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("script-src 'self';"), "{policy}");
    let page = page.text().await.expect("text");
    assert!(!page.contains("https://") && !page.contains("//cdn"), "{page}");
}

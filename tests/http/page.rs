//! The pages and their files.

use reqwest::{Method, Response, StatusCode};

use super::support::{Service, Settings};

async fn get(service: &Service, path: &str) -> Response {
    service.request(Method::GET, path).send().await.expect("an answer")
}

/// Addresses of scripts and styles in the page.
fn loaded(page: &str) -> Vec<String> {
    let quoted = page.split('"').map(str::to_owned);
    quoted.filter(|text| text.starts_with("/assets/")).collect()
}

/// Addresses that a script imports, from its own address.
fn imported(script: &str, address: &str) -> Vec<String> {
    let folder = address.rsplit_once('/').map_or("", |(folder, _)| folder);
    let lines =
        script.lines().filter(|line| line.starts_with("import ") || line.starts_with("} from "));
    lines
        .filter_map(|line| line.split('"').nth(1))
        .map(|name| match name.strip_prefix("./") {
            Some(name) => format!("{folder}/{name}"),
            None => name.replace("../", "/assets/"),
        })
        .collect()
}

fn is_script(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|extension| extension == "js")
}

#[tokio::test]
async fn all_that_the_console_loads_is_there_and_safe() {
    let service = Service::start().await;
    let page = get(&service, "/console").await;
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    assert_eq!(page.headers()["x-frame-options"], "DENY");
    let page = page.text().await.expect("text");
    assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains("onclick"));
    let mut waiting = loaded(&page);
    assert!(waiting.iter().any(|path| is_script(path)), "{waiting:?}");
    let mut seen = Vec::new();
    while let Some(path) = waiting.pop() {
        if seen.contains(&path) {
            continue;
        }
        let file = get(&service, &path).await;
        assert_eq!(file.status(), StatusCode::OK, "{path}");
        let tag = file.headers()["etag"].clone();
        let again = service.request(Method::GET, &path).header("if-none-match", tag).send().await;
        assert_eq!(again.expect("an answer").status(), StatusCode::NOT_MODIFIED, "{path}");
        if is_script(&path) {
            waiting.extend(imported(&file.text().await.expect("text"), &path));
        }
        seen.push(path);
    }
    assert!(seen.len() > 5, "{seen:?}");
}

#[tokio::test]
async fn the_widget_is_small_and_for_every_site() {
    let service = Service::start().await;
    let widget = get(&service, "/widget.js").await;
    assert_eq!(widget.headers()["access-control-allow-origin"], "*");
    assert_eq!(widget.headers()["cross-origin-resource-policy"], "cross-origin");
    assert!(widget.text().await.expect("text").len() < 25_000);
}

#[tokio::test]
async fn an_operators_site_stands_at_the_root() {
    let without = Service::start().await;
    assert!(get(&without, "/").await.url().path().ends_with("/console"));

    let site = &[
        ("index.html", "<h1>Shop</h1>"),
        ("shop.css", "h1 { color: teal }"),
        ("assets/css/own.css", "p {}"),
    ];
    let service = Service::start_with(Settings { site, ..Settings::default() }).await;
    let page = get(&service, "/").await;
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("script-src 'self'"), "{policy}");
    assert_eq!(page.text().await.expect("text"), "<h1>Shop</h1>");
    let style = get(&service, "/shop.css").await;
    assert_eq!(style.headers()["content-type"], "text/css");
    assert_eq!(get(&service, "/assets/css/own.css").await.status(), StatusCode::OK);
    for path in ["/nothing.html", "/../lotse.toml", "/%2e%2e/lotse.toml", "/..%2flotse.toml"] {
        let answer = get(&service, path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().await.expect("text").contains("route_not_found"), "{path}");
    }
}

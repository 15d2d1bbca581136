//! Figures as JSON and CSV over HTTP, and what is refused.

use lotse::domain::{Caller, Channel, Role};
use lotse::reports::Table;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::support::Service;

/// A Monday and a Tuesday of a company.
pub(crate) async fn played() -> Service {
    let service = Service::start().await;
    for (hour, number) in [("09", 1), ("10", 2), ("13", 3)] {
        service.at(&format!("2024-11-18T{hour}:00:00Z"));
        let conversation = format!("c-returns-{number}");
        service.say(Channel::Chat, &conversation, "Kann ich das zurückgeben?").await;
    }
    service.at("2024-11-18T09:02:00Z").say(Channel::Chat, "c-returns-1", "Danke").await;
    service.at("2024-11-18T10:00:00Z").desk.rate("c-returns-1", 5, None).await.unwrap();
    let first = service
        .at("2024-11-18T11:00:00Z")
        .say(Channel::Email, "c-bill-1", "Meine Rechnung ist falsch")
        .await;
    let first = first.ticket.unwrap().id;
    let minutes = ["2024-11-18T11:10:00Z", "2024-11-18T11:30:00Z", "2024-11-18T12:00:00Z"];
    service.settle(&first, "Anna Berger", minutes).await;
    service.at("2024-11-18T12:30:00Z").desk.rate("c-bill-1", 2, None).await.unwrap();
    let second = service
        .at("2024-11-19T08:00:00Z")
        .say(Channel::Chat, "c-bill-2", "Noch eine Rechnung zu viel")
        .await;
    let second = second.ticket.unwrap().id;
    // An hour after a promise of a minute.
    let minutes = ["2024-11-19T08:50:00Z", "2024-11-19T09:00:00Z", "2024-11-19T09:20:00Z"];
    service.settle(&second, "Jonas Keller", minutes).await;
    let lead = Caller { name: "Mia".to_owned(), role: Role::Lead };
    service.at("2024-11-19T10:00:00Z").desk.reopen(&second, &lead).await.unwrap();
    for (minute, words) in [
        ("00", "=1+1 Kann ich einen Gutschein für Freunde kaufen?"),
        ("10", "Kann ich hier einen Gutschein für Freunde kaufen?"),
        ("20", "<script>alert(1)</script> Gutschein"),
    ] {
        service.at(&format!("2024-11-19T11:{minute}:00Z"));
        service.say(Channel::Form, &format!("c-gap-{minute}"), words).await;
    }
    service
}

pub(crate) const WINDOW: &str = "from=2024-11-18&to=2024-11-19";

#[tokio::test]
async fn the_whole_report_as_json() {
    let service = played().await;
    let (status, report) = service.get(&format!("/v1/reports/kpi?{WINDOW}")).await;
    assert_eq!(status, StatusCode::OK, "{report}");
    insta::assert_json_snapshot!(report, { ".made_at" => "[now]" });
}

#[tokio::test]
async fn filters_leave_what_they_name() {
    let service = played().await;
    let report = |filter: &'static str| {
        let service = &service;
        async move {
            let (status, report) = service.get(&format!("/v1/reports/kpi?{WINDOW}&{filter}")).await;
            assert_eq!(status, StatusCode::OK, "{report}");
            let totals = &report["totals"];
            (
                totals["messages"].clone(),
                totals["tickets"]["opened"].clone(),
                totals["conversations"]["contained"].is_null(),
            )
        }
    };
    assert_eq!(report("channel=email").await, (1.into(), 1.into(), false));
    assert_eq!(report("channel=&queue=&language=de").await, (9.into(), 5.into(), false));
    assert_eq!(report("language=en").await, (0.into(), 0.into(), false));
    let complaints = report("queue=first_line").await;
    assert_eq!((complaints.0, complaints.2), (3.into(), true));
}

#[tokio::test]
async fn every_table_is_csv_with_a_header() {
    let service = played().await;
    for name in [
        "totals",
        "timeline",
        "channels",
        "queues",
        "intents",
        "rising",
        "satisfaction",
        "agents",
        "gaps",
    ] {
        let path = format!("/v1/reports/{name}.csv?{WINDOW}");
        let response = service.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{name}");
        let header = |header: &str| response.headers()[header].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/csv; charset=utf-8; header=present");
        assert_eq!(
            header("content-disposition"),
            format!("attachment; filename=\"lotse-{name}.csv\"")
        );
        let text = response.text().await.unwrap();
        assert!(text.ends_with("\r\n"), "{text}");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert!(reader.headers().unwrap().len() > 1, "{name}");
        for record in reader.records() {
            // The reader refuses rows of another length.
            let record = record.unwrap_or_else(|error| panic!("{name}: {error}"));
            for cell in &record {
                let starts = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
                assert!(!starts || cell.parse::<f64>().is_ok(), "{name}: {cell}");
            }
        }
    }
}

#[test]
fn what_a_customer_writes_is_no_formula() {
    let written = [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+49 431 555 0199", "'+49 431 555 0199"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("-4.5", "-4.5"),
        ("1e-9", "1e-9"),
        ("plain, \"quoted\"\nand more", "plain, \"quoted\"\nand more"),
        ("", ""),
    ];
    let rows = written.iter().map(|(cell, _)| vec![(*cell).to_owned(), "end".to_owned()]).collect();
    let bytes = Table { header: vec!["words", "end"], rows }.csv().unwrap();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let read: Vec<String> = reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
    let expected: Vec<&str> = written.iter().map(|(_, cell)| *cell).collect();
    assert_eq!(read, expected);
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("\"plain, \"\"quoted\"\"\nand more\",end\r\n"), "{text}");
}

#[tokio::test]
async fn a_table() {
    let service = played().await;
    let agents = service.read(&format!("/v1/reports/agents.csv?{WINDOW}")).await;
    insta::assert_snapshot!(agents);
}

#[tokio::test]
async fn nonsense_is_refused_with_a_code() {
    let service = Service::start().await;
    for (query, status, code) in [
        ("from=2024-11-20&to=2024-11-19", 422, "invalid_period"),
        ("from=2999-01-01", 422, "invalid_period"),
        ("from=1999-01-01", 422, "invalid_period"),
        ("from=2024-11-20&days=3", 422, "invalid_period"),
        ("from=yesterday", 422, "invalid_time"),
        ("to=2026-13-01", 422, "invalid_time"),
        ("days=0", 422, "invalid_time"),
        ("channel=fax", 422, "unknown_channel"),
        ("language=fr", 422, "unknown_language"),
        ("queue=nobody", 404, "queue_not_found"),
        ("group_by=day", 400, "invalid_query"),
    ] {
        for path in ["kpi", "timeline.csv"] {
            let (found, answer) = service.get(&format!("/v1/reports/{path}?{query}")).await;
            let error = &answer["error"];
            assert_eq!((found.as_u16(), error["code"].as_str()), (status, Some(code)), "{query}");
            assert!(error["message"].as_str().unwrap().ends_with('.'), "{error}");
        }
    }
    for table in ["nothing.csv", "timeline", "timeline.json", "kpi.csv"] {
        let (status, answer) = service.get(&format!("/v1/reports/{table}")).await;
        assert_eq!(
            (status.as_u16(), answer["error"]["code"].as_str()),
            (404, Some("table_not_found")),
            "{table}"
        );
    }
}

#[tokio::test]
async fn an_empty_store_gives_an_empty_report() {
    let service = Service::start().await;
    let (status, report) = service.get("/v1/reports/kpi").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(report["has_history"], false);
    assert_eq!(report["totals"]["messages"], 0);
    assert_eq!(report["totals"]["conversations"]["contained"]["share"], Value::Null);
    assert_eq!(report["before"], Value::Null);
    assert_eq!(report["rising"]["days"], 0);
    assert_eq!(report["timeline"].as_array().unwrap().len(), 7);
    let csv = service.read("/v1/reports/agents.csv").await;
    assert_eq!(csv.lines().count(), 1);
}

#[tokio::test]
async fn only_leads_and_administrators_see_reports() {
    let keys = [
        ("widget", Role::Widget),
        ("agent", Role::Agent),
        ("lead", Role::Lead),
        ("admin", Role::Admin),
    ];
    let service = Service::start_with(&keys).await;
    for path in ["/v1/reports/kpi", "/v1/reports/agents.csv", "/reports"] {
        let status = |key: &'static str| {
            let request = service.request(Method::GET, path).bearer_auth(key).send();
            async { request.await.unwrap().status().as_u16() }
        };
        assert_eq!(
            [
                status("widget").await,
                status("agent").await,
                status("lead").await,
                status("admin").await
            ],
            [403, 403, 200, 200],
            "{path}"
        );
    }
    let (status, answer) = service.get("/v1/reports/kpi").await;
    assert_eq!((status.as_u16(), answer["error"]["code"].as_str()), (401, Some("unauthorized")));
    // A person at a browser is led to the sign-in.
    let page = service.request(Method::GET, "/reports").send().await.unwrap();
    let form = service.send_form("/reports/drafts", &[("title", "Neu")]).await;
    for response in [page, form] {
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()["location"], "/console?next=/reports");
    }
    assert!(!service.knowledge.join("de/neu.md").exists());
}

/// A damaged store is told as such, not as an empty report.
#[tokio::test]
async fn a_store_that_is_gone_gives_no_report() {
    let service = Service::start().await;
    service.store.close().await;
    let response = service.request(Method::GET, "/v1/reports/kpi").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(service.store_file.exists());
}

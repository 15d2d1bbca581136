//! The description of the interface at `/openapi.json`, and a page that shows it at `/docs`.

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, ResponseBuilder};
use utoipa_swagger_ui::SwaggerUi;

use super::error::{Code, ErrorBody, ErrorObject};
use crate::domain::Role;

/// The documentation's page sets styles on elements and draws pictures that it holds itself.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

/// Name of the way in which callers prove who they are.
const BEARER: &str = "bearer";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Lotse"),
    components(schemas(ErrorBody, ErrorObject)),
    tags(
        (name = "messages", description = "Messages come in and are answered, or only read."),
        (name = "channels", description = "Telephone, helpdesks and other bots, each in its own format."),
        (name = "conversations", description = "What was said, live and afterwards."),
        (name = "channels", description = "Other systems bring messages in forms of their own."),
        (name = "agents", description = "Queues and tickets for people."),
        (name = "reports", description = "How the work is going."),
        (name = "knowledge", description = "The approved articles."),
        (name = "service", description = "Health and figures."),
    )
)]
struct Head;

/// The description without routes.
pub(super) fn head() -> OpenApi {
    let mut head = <Head as utoipa::OpenApi>::openapi();
    let codes: Vec<String> = Code::ALL
        .iter()
        .map(|code| format!("| `{}` | {} | {} |", code.name(), code.status().as_u16(), code.text()))
        .collect();
    head.info.description = Some(format!(
        "Reads every customer message and steers it: an approved answer, a question back, or a \
         ticket with a summary in a human queue.\n\nErrors are `{{\"error\": {{\"code\", \
         \"message\", \"details\"?}}}}`:\n\n| code | status | meaning |\n| --- | --- | --- |\n{}",
        codes.join("\n")
    ));
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    head.components
        .get_or_insert_default()
        .security_schemes
        .insert(BEARER.to_owned(), scheme.into());
    head
}

/// Notes which role the routes need.
pub(super) fn note_role(description: &mut OpenApi, role: Role) {
    let note = match role {
        Role::Widget => "Any key may call it.",
        Role::Channel => "Needs the role `channel` or a higher one.",
        Role::Agent => "Needs the role `agent`, `lead` or `admin`.",
        Role::Lead => "Needs the role `lead` or `admin`.",
        Role::Admin => "Needs the role `admin`.",
    };
    for operation in operations(description) {
        let text = operation.description.take().unwrap_or_default();
        operation.description = Some(format!("{text}\n\n{note}").trim().to_owned());
        operation.security = Some(vec![SecurityRequirement::new(BEARER, [""; 0])]);
    }
}

fn operations(description: &mut OpenApi) -> impl Iterator<Item = &mut Operation> {
    description.paths.paths.values_mut().flat_map(|item: &mut PathItem| {
        [&mut item.get, &mut item.post, &mut item.put, &mut item.delete].into_iter().flatten()
    })
}

/// Serves the description and the page.
pub(super) fn router(mut description: OpenApi) -> Router {
    let content = Content::new(Some(Ref::from_schema_name("ErrorBody")));
    let error = ResponseBuilder::new()
        .description("An error: its code tells which")
        .content("application/json", content)
        .build();
    for operation in operations(&mut description) {
        operation.responses.responses.insert("default".to_owned(), error.clone().into());
    }
    Router::from(SwaggerUi::new("/docs").url("/openapi.json", description)).layer(from_fn(
        async |request: Request, next: Next| -> Response {
            let mut response = next.run(request).await;
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
            response
        },
    ))
}

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::{ApiError, Code};
use super::{
    App, access, agents, classify, context, conversations, cross_origin, customers, documentation,
    events, guard, health, knowledge, messages, metrics, queues, report_pages, reports, session,
    summarize, tickets,
};
use crate::channels::amazon::{connect, lex};
use crate::channels::chatwoot;
use crate::channels::mail;
use crate::channels::rasa;
use crate::channels::voice::twilio;
use crate::domain::Role;
use crate::web;

/// All routes: each group with the role that it needs, the page, the documentation, and around all
/// of them what every request passes.
pub fn router(app: &App) -> Router {
    let (customers, for_customers) = for_customers(app).split_for_parts();
    let (others, mut description) = for_others(app).split_for_parts();
    description.merge(for_customers);
    // Pages of other sites call what customers need, and ask before: OPTIONS is answered by the layer.
    let customers = customers
        .method_not_allowed_fallback(async || ApiError::from(Code::MethodNotAllowed))
        .layer(cross_origin::layer(&app.config.access));
    let interface = customers.merge(others);
    let not_found = || ApiError::from(Code::RouteNotFound).into_response();
    Router::new()
        .merge(interface.with_state(app.clone()))
        .merge(report_pages::pages().with_state(app.clone()))
        .merge(documentation::router(description))
        .merge(web::router(&app.config.dir, not_found))
        .method_not_allowed_fallback(async || ApiError::from(Code::MethodNotAllowed))
        .layer(DefaultBodyLimit::max(app.config.server.body_limit_bytes))
        .layer(CatchPanicLayer::custom(guard::panicked))
        .layer(from_fn_with_state(app.clone(), guard::deadline))
        .layer(from_fn(guard::safe_headers))
        .layer(from_fn(guard::observe))
}

/// What the browsers of customers call.
fn for_customers(app: &App) -> OpenApiRouter<App> {
    let reading = OpenApiRouter::new().routes(routes!(messages::post_message));
    let plain = OpenApiRouter::new()
        .routes(routes!(conversations::get_conversation))
        .routes(routes!(conversations::conversation_events))
        .routes(routes!(conversations::rate_conversation))
        .routes(routes!(conversations::rate_answer));
    needs(Role::Widget, app, admitted(app, reading)).merge(needs(Role::Widget, app, plain))
}

/// What programs and people of the company call, and what is open to everyone.
fn for_others(app: &App) -> OpenApiRouter<App> {
    let open = OpenApiRouter::with_openapi(documentation::head())
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(session::sign_in, session::sign_out));

    // These bring signatures in the place of keys.
    let signed = OpenApiRouter::new()
        .routes(routes!(twilio::twilio_voice))
        .routes(routes!(twilio::twilio_whisper))
        .routes(routes!(twilio::texml_voice))
        .routes(routes!(twilio::texml_whisper));

    let for_everyone = OpenApiRouter::new().routes(routes!(session::who_am_i));

    let reading_for_channels = OpenApiRouter::new()
        .routes(routes!(classify::classify))
        .routes(routes!(rasa::parse))
        .routes(routes!(rasa::rest))
        .routes(routes!(connect::connect))
        .routes(routes!(lex::lex))
        .routes(routes!(summarize::summarize))
        .routes(routes!(knowledge::search));
    let for_channels = OpenApiRouter::new()
        .routes(routes!(customers::put_customer))
        .routes(routes!(metrics::figures));

    let for_agents = OpenApiRouter::new()
        .routes(routes!(queues::list_queues))
        .routes(routes!(queues::list_tickets))
        .routes(routes!(queues::claim_next))
        .routes(routes!(queues::claim_any))
        .routes(routes!(queues::find_tickets))
        .routes(routes!(tickets::get_ticket))
        .routes(routes!(context::ticket_context))
        .routes(routes!(tickets::claim))
        .routes(routes!(tickets::reply))
        .routes(routes!(tickets::note))
        .routes(routes!(tickets::transfer))
        .routes(routes!(tickets::release))
        .routes(routes!(tickets::resolve))
        .routes(routes!(tickets::reopen))
        .routes(routes!(tickets::correct))
        .routes(routes!(agents::list_agents))
        .routes(routes!(agents::list_labels))
        .routes(routes!(events::agent_events));

    let for_leads = OpenApiRouter::new()
        .routes(routes!(reports::kpi))
        .routes(routes!(reports::table))
        .routes(routes!(reports::draft));

    open.merge(signed)
        .merge(needs(Role::Widget, app, for_everyone))
        // Who calls these signs what is sent, and strangers take nobody's place: what reads messages
        // says itself when it has too much to do.
        .merge(chatwoot::routes())
        .merge(needs(Role::Channel, app, admitted(app, reading_for_channels)))
        .merge(needs(Role::Channel, app, for_channels))
        .merge(
            needs(Role::Channel, app, admitted(app, mail::routes(app)))
                .route_layer(from_fn(access::password_as_key)),
        )
        .merge(needs(Role::Agent, app, for_agents))
        .merge(needs(reports::ROLE, app, for_leads))
}

/// Lets only callers with this role, or a higher one, reach the routes.
fn needs(role: Role, app: &App, mut routes: OpenApiRouter<App>) -> OpenApiRouter<App> {
    documentation::note_role(routes.get_openapi_mut(), role);
    routes.route_layer(from_fn_with_state((app.clone(), role), access::require))
}

/// Lets only so many requests at once reach the routes.
fn admitted(app: &App, routes: OpenApiRouter<App>) -> OpenApiRouter<App> {
    routes.route_layer(from_fn_with_state(app.clone(), guard::admit))
}

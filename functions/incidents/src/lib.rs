//! Incidents: an unplanned interruption to a service, from report to closure. Route `/v1/incidents`.
#![forbid(unsafe_code)]
use axum::Router;
use axum::routing::{delete, get, post, put};
use shared::app::App;
use shared::function::Function;
use utoipa::OpenApi;

mod bulk;
mod children;
mod comment;
mod comments;
mod create;
mod custom;
mod explained;
mod get;
mod history;
pub mod incident;
mod link;
mod links;
mod list;
mod merge;
mod part;
mod read;
mod replay;
mod shown;
pub mod slas;
#[cfg(target_family = "wasm")]
mod spin;
mod terms;
mod transition;
mod transitions;
mod unlink;
mod unwatch;
mod update;
mod watch;
mod watchers;

pub use list::{newest, statements};

/// The function as every home serves it.
pub const FUNCTION: Function = Function::http("incidents", routes);

/// All routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/v1/incidents", get(list::list).post(create::create))
        .route("/v1/incidents/{id}", get(get::get).patch(update::update))
        .route("/v1/incidents/{id}/transitions", get(transitions::transitions).post(transition::transition))
        .route("/v1/incidents/{id}/history", get(history::history))
        .route("/v1/incidents/{id}/comments", get(comments::comments).post(comment::comment))
        .route("/v1/incidents/{id}/watchers", get(watchers::watchers))
        .route("/v1/incidents/{id}/watchers/{user}", put(watch::watch).delete(unwatch::unwatch))
        .route("/v1/incidents/{id}/links", get(links::links).post(link::link))
        .route("/v1/incidents/{id}/links/{link}", delete(unlink::unlink))
        .route("/v1/incidents/{id}/children", get(children::children))
        .route("/v1/incidents/{id}/slas", get(slas::slas))
        .route("/v1/incidents/{id}/merge", post(merge::merge))
        .route("/v1/incidents/bulk", post(bulk::bulk))
}

/// What they are, for `docs/openapi.json`.
#[derive(OpenApi)]
#[openapi(
    paths(
        list::list,
        create::create,
        get::get,
        update::update,
        transitions::transitions,
        transition::transition,
        history::history,
        comments::comments,
        comment::comment,
        watchers::watchers,
        watch::watch,
        unwatch::unwatch,
        links::links,
        link::link,
        unlink::unlink,
        children::children,
        slas::slas,
        merge::merge,
        bulk::bulk
    ),
    components(schemas(incident::Incident, incident::Page, list::Sort))
)]
pub struct Api;

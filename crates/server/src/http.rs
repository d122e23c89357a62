//! The HTTP interface (spec, section 2): wire in, words of the product inside, wire out.

mod answer;
mod artifacts;
mod body;
mod caller;
mod clean_path;
mod daemon;
mod describe;
mod diff;
mod dry_run;
mod environments;
mod events;
mod failure;
mod framing;
mod github;
mod health;
mod layers;
mod openapi;
mod path;
mod policies;
mod query;
mod queue;
mod releases;
mod services;
mod status;
mod upload;
mod upload_key;

pub(crate) use failure::Failure;
pub use github::{Push, Signature};
pub(crate) use health::Readiness;
pub(crate) use upload_key::UploadKey;

use api::routes;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, any, delete, get, patch, post, put};
use http::Method;

use crate::app::App;

/// A request's body may be this long, uploads apart: the largest is an artifact's spec.
const MAX_BODY_BYTES: usize = 2 << 20;

/// Every route, with what all of them share around them.
pub(crate) fn router(app: &App) -> Router {
    let policies = || only_get(policies::list).merge(delete(policies::delete));
    let one = |base: &str| format!("{base}/{{service}}");
    let work = Router::new()
        .route(routes::RELEASE, post(releases::create))
        .route(routes::DRY_RUN, post(dry_run::dry_run))
        .route(&format!("{}/{{environment}}", one(routes::DIFF)), only_get(diff::diff))
        .route(&format!("{}/{{id}}", routes::RELEASES), only_get(releases::one))
        .route(routes::STATUS, only_get(status::status))
        .route(routes::RELEASES, only_get(releases::history))
        .route(routes::SERVICES, only_get(services::list))
        .route(routes::EVENTS, only_get(events::listen))
        .route(routes::ENVIRONMENTS, only_get(environments::list))
        .route(routes::POLICIES, policies())
        .route(routes::AUTO_RELEASE, policies().merge(patch(policies::apply_auto_release)))
        .route(routes::BRANCH_RESTRICTION, policies().merge(patch(policies::apply_branch_restriction)))
        .route(&format!("{}/{{*rest}}", routes::POLICIES), policies())
        .route(&format!("{}/{{environment}}", one(routes::DESCRIBE_RELEASE)), only_get(describe::releases))
        .route(&one(routes::DESCRIBE_ARTIFACT), only_get(describe::artifacts))
        .route(&one(routes::DESCRIBE_LATEST_ARTIFACT), only_get(describe::latest_artifact))
        .route(routes::CREATE_ARTIFACT, post(artifacts::create))
        .route(&format!("{}/{{id}}", one(routes::UPLOAD_ARTIFACT)), put(upload::upload))
        .route(routes::QUEUE, only_get(queue::list))
        .route(&format!("{}/{{id}}/retry", routes::QUEUE), post(queue::retry))
        .route(routes::DAEMON_DEPLOY, post(daemon::deploy))
        .route(routes::DAEMON_POD_ERROR, post(daemon::pod_error))
        .route(routes::DAEMON_JOB_ERROR, post(daemon::job_error))
        .fallback(async |method: Method| {
            // HEAD and OPTIONS of an unknown path are answered as GET is.
            drop(method);
            Failure::not_found()
        });
    let open = Router::new()
        .route(routes::GITHUB_WEBHOOK, any(github::webhook))
        .route(routes::OPENAPI, only_get(openapi::document))
        .route(routes::PING, any(health::ping))
        .route(routes::HEALTHZ, any(health::healthz))
        .route(routes::READYZ, any(health::readyz))
        .route(routes::METRICS, any(health::metrics));
    // Rooms of their own: who calls without a token cannot take the room of those who have one, and whoever fills
    // either does not make the server look dead.
    shared(work, app, layers::Limits::work(app.timeout, app.space.clone()))
        .merge(shared(open, app, layers::Limits::open(app.timeout, app.space.clone())))
        .with_state(app.clone())
}

/// Puts around routes what all have around them.
fn shared(routes: Router<App>, app: &App, limits: layers::Limits) -> Router<App> {
    routes
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .route_layer(axum::middleware::from_fn_with_state(app.clone(), layers::observe))
        .layer(axum::middleware::from_fn_with_state(limits, layers::limit))
        .layer(axum::middleware::from_fn(framing::unambiguous))
}

/// A route for GET that does not answer HEAD, as the original (spec, section 13.8).
fn only_get<H, T>(handler: H) -> MethodRouter<App>
where
    H: axum::handler::Handler<T, App>,
    T: 'static,
{
    get(handler).head(async || StatusCode::METHOD_NOT_ALLOWED)
}

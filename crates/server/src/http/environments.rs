//! The environments there are.

use api::{EnvironmentsResponse, KnownEnvironment};
use axum::extract::State;

use super::Failure;
use super::answer::Json;
use super::caller::Hamctl;
use crate::app::App;

pub(crate) async fn list(
    State(app): State<App>,
    Hamctl(_): Hamctl,
) -> Result<Json<EnvironmentsResponse>, Failure> {
    let settings = app.reader.settings()?;
    let environments = settings
        .environments
        .iter()
        .map(|environment| KnownEnvironment {
            name: environment.to_string(),
            promotes_from: settings
                .before(environment)
                .map_or_else(|| settings.branch.to_string(), ToString::to_string),
        })
        .collect();
    Ok(Json::ok(EnvironmentsResponse { environments }))
}

//! The answer to a repeat: a second statement, because the first one's snapshot is older than what it met.
use shared::app::App;
use shared::caller::Caller;
use shared::db::{Json, Param};
use shared::error::Error;
use shared::idempotency::{IdempotencyKey, replay};

/// What this key was answered on this route (of this incident, where the route has one); 404 if the caller may not see it any more.
pub(crate) async fn replayed(
    app: &App, caller: &Caller, route: &'static str, key: &IdempotencyKey, incident: Option<&str>, digest: &str,
) -> Result<Json, Error> {
    let params = [route.into(), key.param(), Param::from(incident)];
    replay(&caller.ask(app, REPLAY, &params).await?.body()?, digest)
}
const REPLAY: &str = include_str!("../sql/replay.sql");

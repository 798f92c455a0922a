//! The look at the clock: endpoints with something to deliver get a job, one that is queued already no second.
use shared::app::App;
use shared::db::DbError;
use shared::function::Ticking;

const DUE: &str = include_str!("../sql/due.sql");

/// For [`shared::function::Function::clocked`].
pub(crate) fn boxed(app: App) -> Ticking {
    Box::pin(due(app))
}

async fn due(app: App) -> Result<(), DbError> {
    app.db.row(DUE, &[]).await.map(drop)
}

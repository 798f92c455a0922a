//! Rings again for what is due: a lost message, or a retry whose time has come, costs a minute at most where nobody else looks.
use shared::app::App;
use shared::db::DbError;

/// For the oldest of each queue; whoever comes for one works off the rest.
pub(crate) async fn ring(app: &App) -> Result<(), DbError> {
    let due: Vec<(String, i64)> = app.db.get(RING, &[]).await?.unwrap_or_default();
    for (queue, job) in due {
        app.queue.ring(&queue, job).await;
    }
    Ok(())
}
const RING: &str = include_str!("../sql/ring.sql");

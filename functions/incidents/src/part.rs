//! A part of a list that belongs to one incident: its query, and the page.
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;
use shared::app::App;
use shared::caller::Caller;
use shared::db::Param;
use shared::error::Error;
use shared::page::{limit, page};
use utoipa::IntoParams;

/// Which part.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// Items a page: 1 to 200, 50 if not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

impl Part {
    /// The page that `sql` answers for `$2` incident, `$3` limit and as many sort keys as the list has; 404 what the caller may not see.
    pub(crate) async fn of<const KEYS: usize>(
        self, list: &str, id: String, app: &App, caller: &Caller, sql: &'static str, uri: &Uri,
    ) -> Result<Response, Error> {
        let name = format!("incident {list} {id}");
        let mut params = vec![id.into(), limit(self.limit)?.into()];
        match self.cursor.map(|cursor| app.cursors.open::<KEYS>(&name, &cursor)).transpose()? {
            Some(position) => params.extend(position.map(Param::from)),
            None => params.extend([(); KEYS].map(|()| Param::Text(None))),
        }
        let listed = caller.ask_list(app, sql, &params).await?.body()?;
        page(&app.cursors, &name, uri, &listed)
    }
}

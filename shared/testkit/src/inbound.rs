//! Mail that comes in: a desk is handed a message as its mail server would.
use http::Method;
use shared::mail::signature::sign;

use crate::client::Reply;
use crate::desk::Desk;
use crate::home::INBOUND_SECRET;

impl Desk {
    /// A message is handed over, signed now.
    pub async fn receive(&self, raw: &[u8]) -> Reply {
        self.receive_at(raw, 0).await
    }

    /// Signed so many seconds from now.
    pub async fn receive_at(&self, raw: &[u8], seconds: i64) -> Reply {
        let timestamp = (shared::app::now().as_second() + seconds).to_string();
        let signature = sign(INBOUND_SECRET, &timestamp, raw);
        let headers = [("content-type", "message/rfc822"), ("x-mail-timestamp", &timestamp), ("x-mail-signature", &signature)];
        self.nobody().send(Method::POST, "/v1/mail/inbound", &headers, Some(raw.to_vec())).await
    }
}

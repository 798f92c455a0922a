//! The bell by Amazon SQS: a message `{"job": id}` on the queue's own SQS queue.
use aws_sdk_sqs::Client;
use aws_smithy_http_client::{Builder, tls};
use tokio::sync::OnceCell;

/// A client made at the first ring.
#[derive(Debug)]
pub struct Sqs {
    url: String,
    client: OnceCell<Client>,
}

impl Sqs {
    /// `url` is the queue's URL, with `{queue}` for its name.
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned(), client: OnceCell::new() }
    }

    /// Sends, and logs what it could not send: the sweep rings again for what is due.
    pub async fn ring(&self, queue: &str, job: i64) {
        let client = self.client.get_or_init(client).await;
        let url = self.url.replace("{queue}", queue);
        let sent = client.send_message().queue_url(url).message_body(format!(r#"{{"job":{job}}}"#)).send().await;
        if let Err(error) = sent {
            tracing::warn!(queue, job, cause = %aws_sdk_sqs::error::DisplayErrorContext(&error), "the bell did not ring");
        }
    }
}

async fn client() -> Client {
    // ring instead of the default aws-lc: one TLS stack with sqlx, and no C build.
    let http = Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https();
    let config = aws_config::defaults(aws_config::BehaviorVersion::latest()).http_client(http).load().await;
    Client::new(&config)
}

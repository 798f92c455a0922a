//! One queue with its dead-letter queue, over SQS's JSON protocol.
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};

use crate::home::Wire;
use crate::home::lambda::event::{ACCOUNT, REGION};
use crate::home::network::Http;

/// Deliveries before a message is dead.
const DELIVERIES: u32 = 3;

pub(super) struct Queue {
    api: Api,
    name: String,
    url: String,
    dead_url: String,
}

impl Queue {
    /// As the template has it: invisible for six times the function's time, dead after three deliveries.
    pub(super) async fn new(endpoint: &str, name: &str, timeout: u32) -> Self {
        let api = Api::new(endpoint);
        let dead_name = format!("{name}-dead");
        let dead_url = api.create(&dead_name, &json!({})).await;
        let target = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{dead_name}");
        let redrive = json!({"deadLetterTargetArn": target, "maxReceiveCount": DELIVERIES}).to_string();
        let url = api.create(name, &json!({"VisibilityTimeout": (6 * timeout).to_string(), "RedrivePolicy": redrive})).await;
        Self { api, name: name.to_owned(), url, dead_url }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) async fn send(&self, body: &str) -> String {
        let sent = self.api.call("SendMessage", json!({"QueueUrl": self.url, "MessageBody": body})).await;
        sent["MessageId"].as_str().expect("a message's id").to_owned()
    }

    /// At most ten.
    pub(super) async fn receive(&self) -> Vec<Value> {
        let asked = json!({"QueueUrl": self.url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 0, "AttributeNames": ["All"]});
        let received = self.api.call("ReceiveMessage", asked).await;
        received["Messages"].as_array().cloned().unwrap_or_default()
    }

    pub(super) async fn delete(&self, message: &Value) {
        self.api.call("DeleteMessage", json!({"QueueUrl": self.url, "ReceiptHandle": message["ReceiptHandle"]})).await;
    }

    /// Visible again at once: no test waits for the timeout.
    pub(super) async fn give_back(&self, message: &Value) {
        let asked = json!({"QueueUrl": self.url, "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0});
        self.api.call("ChangeMessageVisibility", asked).await;
    }

    pub(super) async fn purge(&self) {
        self.api.call("PurgeQueue", json!({"QueueUrl": self.url})).await;
    }

    pub(super) async fn waiting(&self) -> u64 {
        self.api.count(&self.url).await
    }

    pub(super) async fn dead(&self) -> u64 {
        self.api.count(&self.dead_url).await
    }

    pub(super) async fn drop(self) {
        for url in [&self.url, &self.dead_url] {
            self.api.call("DeleteQueue", json!({"QueueUrl": url})).await;
        }
    }
}

/// Of a call that the emulator fails at.
const TRIES: u32 = 5;

struct Api {
    http: Http,
    address: std::net::SocketAddr,
}

impl Api {
    fn new(endpoint: &str) -> Self {
        let address = endpoint.trim_start_matches("http://").trim_end_matches('/').parse().expect("TEST_SQS_ENDPOINT is http://IP:PORT");
        Self { http: Http::new(), address }
    }

    async fn create(&self, name: &str, attributes: &Value) -> String {
        let made = self.call("CreateQueue", json!({"QueueName": name, "Attributes": attributes})).await;
        made["QueueUrl"].as_str().expect("a queue's URL").to_owned()
    }

    async fn count(&self, url: &str) -> u64 {
        const COUNT: &str = "ApproximateNumberOfMessages";
        let answer = self.call("GetQueueAttributes", json!({"QueueUrl": url, "AttributeNames": [COUNT]})).await;
        answer["Attributes"][COUNT].as_str().and_then(|count| count.parse().ok()).expect("a count")
    }

    async fn call(&self, action: &str, asked: Value) -> Value {
        let credential = format!("AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/sqs/aws4_request, SignedHeaders=host, Signature=0");
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/x-amz-json-1.0"));
        headers.insert("x-amz-target", format!("AmazonSQS.{action}").parse().expect("a header"));
        headers.insert("authorization", credential.parse().expect("a header"));
        // As AWS's own clients do, what the server failed at is asked again: the emulator does where other tests make and drop queues at the time.
        let mut tries = 0;
        loop {
            let asked = Wire { method: Method::POST, path: "/".into(), headers: headers.clone(), body: asked.to_string().into() };
            let reply = self.http.call(self.address, asked).await;
            tries += 1;
            if reply.status == 200 {
                return serde_json::from_str(&reply.body).unwrap_or(Value::Null);
            }
            assert!(reply.status >= 500 && tries < TRIES, "{action}: {} {}", reply.status, reply.body);
        }
    }
}

//! Events that wake a job function, as AWS writes them.
use serde_json::{Value, json};
use uuid::Uuid;

/// The account and region of everything here.
pub(in crate::home) const ACCOUNT: &str = "123456789012";
pub(in crate::home) const REGION: &str = "us-east-1";

/// EventBridge: a rule's schedule came due.
pub(in crate::home) fn schedule(function: &str) -> Value {
    json!({
        "version": "0",
        "id": Uuid::now_v7(),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": shared::app::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": REGION,
        "resources": [format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/{function}")],
        "detail": {},
    })
}

/// SQS: a batch of messages as `ReceiveMessage` gave them.
pub(in crate::home) fn batch(queue: &str, messages: &[Value]) -> Value {
    let record = |message: &Value| {
        json!({
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {},
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"),
            "awsRegion": REGION,
        })
    };
    json!({"Records": messages.iter().map(record).collect::<Vec<_>>()})
}

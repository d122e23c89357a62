//! S3 events arrive in a queue, as moto makes them from what a real client would send.

use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use testkit::sqs::Moto;
use testkit::wait::until;

use crate::client;

/// An `Authorization` that names its service, which is all that moto reads of it.
fn addressed(request: RequestBuilder, service: &str) -> RequestBuilder {
    let scope = format!("testing/20260101/eu-west-1/{service}/aws4_request");
    let value = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00");
    request.header("authorization", value)
}

async fn sqs(moto: &Moto, action: &str, body: Value) -> Value {
    let request = addressed(client().post(moto.url()), "sqs")
        .header("x-amz-target", format!("AmazonSQS.{action}"))
        .header("content-type", "application/x-amz-json-1.0")
        .body(body.to_string());
    request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

async fn s3(moto: &Moto, path: &str, body: &str) {
    let request = addressed(client().put(format!("{}{path}", moto.url())), "s3").body(body.to_owned());
    request.send().await.unwrap().error_for_status().unwrap();
}

#[tokio::test]
async fn an_upload_becomes_an_event_in_the_queue() {
    let moto = Moto::start(|message| println!("{message}")).await.unwrap();
    let location = "<LocationConstraint>eu-west-1</LocationConstraint>";
    let location = format!("<CreateBucketConfiguration>{location}</CreateBucketConfiguration>");
    s3(&moto, "/artifacts", &location).await;
    let queue = sqs(&moto, "CreateQueue", json!({"QueueName": "events"})).await["QueueUrl"].clone();
    let asked = json!({"QueueUrl": queue, "AttributeNames": ["QueueArn"]});
    let arn = sqs(&moto, "GetQueueAttributes", asked).await["Attributes"]["QueueArn"].clone();
    assert_eq!(arn, "arn:aws:sqs:eu-west-1:123456789012:events");
    let rule = format!(
        "<QueueConfiguration><Queue>{}</Queue><Event>s3:ObjectCreated:*</Event></QueueConfiguration>",
        arn.as_str().unwrap()
    );
    let rules = format!("<NotificationConfiguration>{rule}</NotificationConfiguration>");
    s3(&moto, "/artifacts?notification", &rules).await;
    s3(&moto, "/artifacts/pay/master-1", "zip").await;
    let key = until("event", Duration::from_secs(60), async || {
        let asked = json!({"QueueUrl": queue, "WaitTimeSeconds": 1});
        let received = sqs(&moto, "ReceiveMessage", asked).await;
        let body = received["Messages"][0]["Body"].as_str().ok_or("an empty queue")?;
        let event: Value = serde_json::from_str(body).unwrap();
        // The first message only says that notifications are on.
        event["Records"][0]["s3"]["object"]["key"].as_str().map(str::to_owned).ok_or("a test event")
    })
    .await;
    assert_eq!(key, "pay%2Fmaster-1");
}

//! New artifacts, as S3 tells them through SQS.

use artifact::{ArtifactId, ServiceName};
use http::Method;
use object_store::aws::AmazonS3;
use serde::Deserialize;
use serde_json::{Value, json};

use super::signed::{Call, Signed};
use super::{S3Error, S3Settings, bucket, client, event};

/// How long a request waits for a message, in seconds: as long as SQS allows, below our own timeout.
const WAIT_SECONDS: u64 = 20;

/// Messages at a time: as many as SQS gives.
const MESSAGES: u64 = 10;

/// The queue that S3 writes new artifacts into.
pub struct Arrivals {
    queue: Signed,
    endpoint: String,
    queue_url: String,
}

/// One message, which stays in the queue until it is [acknowledged](Arrivals::acknowledge).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The artifacts it tells of; may be none.
    pub artifacts: Vec<(ServiceName, ArtifactId)>,
    /// The artifacts that were uploaded and wait to be taken in; may be none.
    pub uploads: Vec<(ServiceName, ArtifactId)>,
    receipt: String,
}

#[derive(Deserialize)]
struct Received {
    #[serde(rename = "Messages", default)]
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "Body")]
    body: String,
    #[serde(rename = "ReceiptHandle")]
    receipt: String,
}

impl Arrivals {
    /// Finds or makes the queue `<bucket>-s3-bucket-notifications` and lets the bucket write to it.
    ///
    /// # Errors
    /// When SQS or S3 cannot be reached or refuse.
    pub async fn set_up(settings: &S3Settings) -> Result<Self, S3Error> {
        let endpoint = match &settings.queue_endpoint {
            Some(endpoint) => endpoint.trim_end_matches('/').to_owned(),
            None => format!("https://sqs.{}.amazonaws.com", settings.region),
        };
        let unsigned = |source| S3Error::Unsigned { what: "SQS", url: endpoint.clone(), source };
        let store: AmazonS3 = client(settings).map_err(unsigned)?;
        let queue = Signed::new(&store, "sqs", &settings.region, Some(&endpoint)).map_err(unsigned)?;
        let mut arrivals = Self { queue, endpoint, queue_url: String::new() };
        let name = format!("{}-s3-bucket-notifications", settings.bucket);
        let made = arrivals.call("CreateQueue", &json!({ "QueueName": name })).await?;
        arrivals.queue_url = text(&made, "/QueueUrl");
        let url = arrivals.queue_url.clone();
        let about = json!({ "QueueUrl": url, "AttributeNames": ["QueueArn"] });
        let arn = text(&arrivals.call("GetQueueAttributes", &about).await?, "/Attributes/QueueArn");
        let attributes =
            json!({ "QueueUrl": url, "Attributes": { "Policy": policy(&arn, &settings.bucket) } });
        arrivals.call("SetQueueAttributes", &attributes).await?;
        bucket::notify_queue(settings, &store, &arn).await?;
        Ok(arrivals)
    }

    /// Waits for messages; none after a while.
    ///
    /// # Errors
    /// When SQS cannot be reached or refuses.
    pub async fn receive(&self) -> Result<Vec<Arrival>, S3Error> {
        let wanted = json!({
            "QueueUrl": self.queue_url,
            "MaxNumberOfMessages": MESSAGES,
            "WaitTimeSeconds": WAIT_SECONDS,
        });
        let answer = self.call("ReceiveMessage", &wanted).await?;
        let received = Received::deserialize(answer).map_err(|source| S3Error::Foreign {
            what: "ReceiveMessage",
            url: self.endpoint.clone(),
            source,
        })?;
        Ok(received
            .messages
            .into_iter()
            .map(|message| {
                let event::Told { artifacts, uploads } =
                    event::read_message(&message.body).unwrap_or_else(|error| {
                        tracing::warn!(%error, "a message of the bucket's queue is no S3 event");
                        event::Told::default()
                    });
                Arrival { artifacts, uploads, receipt: message.receipt }
            })
            .collect())
    }

    /// Takes a message out of the queue. Call it when what it says is safe elsewhere.
    ///
    /// # Errors
    /// When SQS cannot be reached or refuses; the message will then come again.
    pub async fn acknowledge(&self, arrival: &Arrival) -> Result<(), S3Error> {
        let which = json!({ "QueueUrl": self.queue_url, "ReceiptHandle": arrival.receipt });
        self.call("DeleteMessage", &which).await.map(drop)
    }

    async fn call(&self, action: &'static str, body: &Value) -> Result<Value, S3Error> {
        let target = format!("AmazonSQS.{action}");
        let url = format!("{}/", self.endpoint);
        let call = Call {
            what: action,
            method: Method::POST,
            url: &url,
            headers: &[("x-amz-target", &target), ("content-type", "application/x-amz-json-1.0")],
            body: body.to_string().into_bytes(),
        };
        let bytes = self.queue.send(call).await?;
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&bytes).map_err(|source| S3Error::Foreign { what: action, url, source })
    }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Lets the bucket, and nobody else, write to the queue.
fn policy(queue_arn: &str, bucket: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "s3.amazonaws.com" },
            "Action": "SQS:SendMessage",
            "Resource": queue_arn,
            "Condition": { "ArnLike": { "aws:SourceArn": format!("arn:aws:s3:*:*:{bucket}") } },
        }],
    })
    .to_string()
}

//! Making the bucket, and asking it to tell its queue of new artifacts.

use http::{Method, StatusCode};
use object_store::aws::AmazonS3;

use super::signed::{Call, Signed};
use super::{S3Error, S3Settings};

/// The region whose buckets must not name it.
const REGION_WITHOUT_CONSTRAINT: &str = "us-east-1";

/// Makes the bucket unless it is there.
pub(crate) async fn ensure_bucket(settings: &S3Settings, client: &AmazonS3) -> Result<(), S3Error> {
    let url = bucket_url(settings);
    let signed = signed(settings, client, &url)?;
    let look =
        Call { what: "finding the bucket", method: Method::HEAD, url: &url, headers: &[], body: Vec::new() };
    match signed.send(look).await {
        Err(S3Error::Refused { status: StatusCode::NOT_FOUND, .. }) => {}
        other => return other.map(drop),
    }
    let body = match settings.region.as_str() {
        REGION_WITHOUT_CONSTRAINT => String::new(),
        region => format!(
            "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
        ),
    };
    let make = Call {
        what: "creating the bucket",
        method: Method::PUT,
        url: &url,
        headers: &[],
        body: body.into_bytes(),
    };
    signed.send(make).await.map(drop)
}

/// Adds one rule to the bucket's notifications, and leaves those there are alone.
pub(super) async fn notify_queue(
    settings: &S3Settings,
    client: &AmazonS3,
    queue_arn: &str,
) -> Result<(), S3Error> {
    let url = format!("{}?notification=", bucket_url(settings));
    let signed = signed(settings, client, &url)?;
    let read = Call {
        what: "reading the bucket's notifications",
        method: Method::GET,
        url: &url,
        headers: &[],
        body: Vec::new(),
    };
    let configured = String::from_utf8_lossy(&signed.send(read).await?).into_owned();
    let Some(changed) = with_rule(&configured, queue_arn) else { return Ok(()) };
    let write = Call {
        what: "setting the bucket's notifications",
        method: Method::PUT,
        url: &url,
        headers: &[],
        body: changed.into_bytes(),
    };
    signed.send(write).await.map(drop)
}

fn signed(settings: &S3Settings, client: &AmazonS3, url: &str) -> Result<Signed, S3Error> {
    Signed::new(client, "s3", &settings.region, settings.endpoint.as_deref())
        .map_err(|source| S3Error::Unsigned { what: "S3", url: url.to_owned(), source })
}

fn bucket_url(settings: &S3Settings) -> String {
    match &settings.endpoint {
        Some(endpoint) => format!("{}/{}", endpoint.trim_end_matches('/'), settings.bucket),
        None => format!("https://s3.{}.amazonaws.com/{}", settings.region, settings.bucket),
    }
}

/// The configuration with our rule added; `None` when it has it already.
fn with_rule(configured: &str, queue_arn: &str) -> Option<String> {
    const OPEN: &str = "<NotificationConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    const CLOSE: &str = "</NotificationConfiguration>";
    if configured.contains(queue_arn) {
        return None;
    }
    let rule = format!(
        "<QueueConfiguration><Queue>{queue_arn}</Queue><Event>s3:ObjectCreated:*</Event></QueueConfiguration>"
    );
    // Everything up to the end tag stays as it is; an empty element has no end tag.
    Some(match configured.rfind(CLOSE) {
        Some(end) => format!("{}{rule}{CLOSE}", &configured[..end]),
        None => format!("{OPEN}{rule}{CLOSE}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_others_stay_and_ours_comes_once() {
        let ours = "arn:aws:sqs:eu-west-1:1:q";
        for nothing in ["", "<?xml version=\"1.0\"?><NotificationConfiguration/>"] {
            let made = with_rule(nothing, ours).unwrap();
            assert!(made.starts_with("<NotificationConfiguration") && made.contains(ours), "{made}");
            assert_eq!(with_rule(&made, ours), None);
        }
        let theirs = "<NotificationConfiguration><TopicConfiguration><Topic>t</Topic></TopicConfiguration></NotificationConfiguration>";
        let made = with_rule(theirs, ours).unwrap();
        assert!(made.contains("<Topic>t</Topic>") && made.contains(ours), "{made}");
    }
}

//! What a received message asks for.

use std::borrow::Cow;

use api::{IntentError, decode};
use artifact::{ArtifactId, Intent, NameError, Person, ReleaseId, ServiceName};
use explain::{Explain, Kind};
use policy::Release;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::bodies::{NewArtifactBody, ReleaseBody};
use super::{MessageType, id_of};

/// Messages are a kilobyte or less; a body longer than this is none of ours, and only its beginning is kept.
const LONGEST_BODY: usize = 256 << 10;

/// How much of a body that is too long is kept, for a person who wants to know what it was.
const KEPT_OF_LONGER: usize = 4 << 10;

/// A message as it came, and as it is kept when nobody understands it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The `type` property.
    pub kind: String,
    /// The `message_id` property.
    message_id: String,
    #[serde(with = "base64_text")]
    body: Vec<u8>,
    /// How long the body was.
    length: usize,
}

/// What is to be done about a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing: it tells others of what has happened.
    Nothing,
    /// An artifact was uploaded.
    NewArtifact {
        /// The service.
        service: ServiceName,
        /// Its artifact.
        artifact: ArtifactId,
    },
    /// Something is to be released.
    Release(Release),
}

/// Why nothing can be done about a message.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// Of a type that is not the original's.
    #[error("nothing is known of messages of type `{}`", shown(kind))]
    Type {
        /// The type.
        kind: String,
    },
    /// Longer than any message of ours.
    #[error("its body has {length} bytes, more than {LONGEST_BODY}")]
    TooLong {
        /// Its bytes.
        length: usize,
    },
    /// Not JSON, or of another shape.
    #[error("its body cannot be read")]
    Body(#[source] serde_json::Error),
    /// A name that is none.
    #[error(transparent)]
    Name(#[from] NameError),
    /// An intent that is none.
    #[error(transparent)]
    Intent(#[from] IntentError),
    /// Nobody asks.
    #[error("it does not say who asks: its actor has neither Email nor Name")]
    Nobody,
    /// An id that is none.
    #[error("its releaseId is no UUID")]
    ReleaseId(#[source] uuid::Error),
}

impl Explain for Unusable {
    fn kind(&self) -> Kind {
        match self {
            Self::Type { .. }
            | Self::TooLong { .. }
            | Self::Body(_)
            | Self::Name(_)
            | Self::Intent(_)
            | Self::Nobody
            | Self::ReleaseId(_) => Kind::Invalid,
        }
    }

    fn next_step(&self) -> Cow<'static, str> {
        match self {
            Self::Type { .. } => "find out who publishes it to our exchange".into(),
            Self::TooLong { .. } | Self::Body(_) => "let the publisher send the original's JSON".into(),
            Self::Name(error) => error.next_step(),
            Self::Intent(_) => "let the publisher send an intent that the original knows".into(),
            Self::Nobody => "let the publisher give the actor an Email".into(),
            Self::ReleaseId(_) => "let the publisher send a UUID, or none".into(),
        }
    }
}

impl Message {
    /// A message with its properties `type` and `message_id`. Of a body that is too long the beginning is kept.
    #[must_use]
    pub fn new(kind: &str, message_id: &str, mut body: Vec<u8>) -> Self {
        let length = body.len();
        if length > LONGEST_BODY {
            body.truncate(KEPT_OF_LONGER);
            body.shrink_to_fit();
        }
        Self { kind: kind.to_owned(), message_id: message_id.to_owned(), body, length }
    }
}

/// Understands a message. A release that nothing gives an id is done under `id`.
///
/// # Errors
/// When it is none of the original's messages, or asks for what cannot be.
pub fn read(message: &Message, id: Uuid) -> Result<Meaning, Unusable> {
    let kind =
        MessageType::named(&message.kind).ok_or_else(|| Unusable::Type { kind: message.kind.clone() })?;
    match kind {
        MessageType::Released | MessageType::ReleaseSucceeded | MessageType::ReleaseFailed => {
            Ok(Meaning::Nothing)
        }
        MessageType::NewArtifact => {
            let body: NewArtifactBody = body(message)?;
            Ok(Meaning::NewArtifact {
                service: body.service.trim().parse()?,
                artifact: body.artifact_id.trim().parse()?,
            })
        }
        MessageType::ReleaseArtifact => release(message, id).map(Meaning::Release),
    }
}

fn body<T: serde::de::DeserializeOwned>(message: &Message) -> Result<T, Unusable> {
    if message.length > LONGEST_BODY {
        return Err(Unusable::TooLong { length: message.length });
    }
    decode(&message.body).map_err(Unusable::Body)
}

fn release(message: &Message, id: Uuid) -> Result<Release, Unusable> {
    let body: ReleaseBody = body(message)?;
    let actor = Person::new(&body.actor.name, &body.actor.email);
    if actor.is_unknown() {
        return Err(Unusable::Nobody);
    }
    Ok(Release {
        id: release_id(message, &body, id)?,
        service: body.service.trim().parse()?,
        environment: body.environment.trim().parse()?,
        artifact: body.artifact_id.trim().parse()?,
        intent: Intent::try_from(&body.intent)?,
        actor,
    })
}

/// The same id for the same message, however often it is delivered. The body counts too: a script that gives all its
/// messages one id would else release once and never again. A body without id and time may be a repetition on purpose.
fn release_id(message: &Message, body: &ReleaseBody, id: Uuid) -> Result<ReleaseId, Unusable> {
    let given = body.release_id.trim();
    if !given.is_empty() {
        return given.parse().map_err(Unusable::ReleaseId);
    }
    let named = !message.message_id.is_empty() || !body.enqueued_at.is_zero();
    Ok(ReleaseId::new(if named {
        id_of(&[message.kind.as_bytes(), message.message_id.as_bytes(), &message.body])
    } else {
        id
    }))
}

/// Enough of a foreign text to find it by.
fn shown(text: &str) -> String {
    text.chars().take(60).collect::<String>().escape_debug().to_string()
}

/// Bytes as text, since a body may be anything.
mod base64_text {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map_err(D::Error::custom)
    }
}

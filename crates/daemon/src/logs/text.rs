//! From log lines to the message of an event.

use serde_json::{Map, Value};

/// A message is for a person, in a chat.
const MAX_CHARACTERS: usize = 8000;

/// The lines as they are; of a log in JSON the messages alone.
pub(super) fn message(log: &str) -> String {
    tail(&json_messages(log).unwrap_or_else(|| log.to_owned()))
}

/// One a line, when all of the log is JSON objects and one of them has a message.
fn json_messages(log: &str) -> Option<String> {
    let objects: Result<Vec<Map<String, Value>>, _> =
        serde_json::Deserializer::from_str(log).into_iter().collect();
    let objects = objects.ok()?;
    let messages: Vec<&str> =
        objects.iter().map(|line| line.get("message").and_then(Value::as_str).unwrap_or_default()).collect();
    messages.iter().any(|message| !message.is_empty()).then(|| messages.join("\n"))
}

/// The end of it: that is where a crash says why.
fn tail(text: &str) -> String {
    let skipped = text.chars().count().saturating_sub(MAX_CHARACTERS);
    text.chars().skip(skipped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_lines_stay_as_they_are() {
        for log in ["panic: no config\n", "", "a\nb\n", "{not json}\n", "3\n4\n"] {
            assert_eq!(message(log), log);
        }
    }

    #[test]
    fn of_json_lines_the_messages_are_told() {
        let log = "{\"level\":\"info\",\"message\":\"starting\"}\n{\"message\":\"no config\",\"x\":{}}\n";
        assert_eq!(message(log), "starting\nno config");
        assert_eq!(message("{\n \"message\": \"over lines\"\n}\n"), "over lines");
    }

    #[test]
    fn json_without_messages_or_with_other_lines_between_is_told_raw() {
        for log in ["{\"msg\":\"no config\"}\n", "{\"message\":\"a\"}\npanic: b\n", "{\"message\":\"cut"] {
            assert_eq!(message(log), log);
        }
    }

    #[test]
    fn a_long_message_keeps_its_end() {
        let log = format!("{}é", "x".repeat(2 * MAX_CHARACTERS));
        let told = message(&log);
        assert_eq!(told.chars().count(), MAX_CHARACTERS);
        assert!(told.ends_with("xé"));
    }
}

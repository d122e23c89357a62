//! Lines with `level`, `@timestamp`, `caller`, `message`, what belongs to the request, and all else under `fields`.

use std::fmt;
use std::io::Write;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Fields that stand beside the message, because they belong to the request and not to the line.
const TOP_LEVEL: [(&str, &str); 2] = [("request-id", "requestId"), ("subject", "subject")];

/// Writes each event as one line.
pub(crate) struct JsonLines {
    out: fn(&[u8]),
}

/// The fields of a span, kept with it.
struct SpanFields(Map<String, Value>);

impl JsonLines {
    pub(crate) fn to_stderr() -> Self {
        // Nobody is left to be told that stderr is gone.
        Self { out: |line| drop(std::io::stderr().lock().write_all(line)) }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for JsonLines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(SpanFields(fields.of_span()));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(known) = span.extensions_mut().get_mut::<SpanFields>() {
            known.0.extend(fields.of_span());
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Map::new();
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(known) = span.extensions().get::<SpanFields>() {
                fields.extend(known.0.clone());
            }
        }
        let mut own = Fields::default();
        event.record(&mut own);
        fields.extend(own.0);
        (self.out)(&line(event.metadata(), &jiff::Timestamp::now(), fields));
    }
}

fn line(metadata: &tracing::Metadata<'_>, now: &jiff::Timestamp, mut fields: Map<String, Value>) -> Vec<u8> {
    let mut line = Map::new();
    let level = match *metadata.level() {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG | Level::TRACE => "debug",
    };
    line.insert("level".to_owned(), level.into());
    line.insert("@timestamp".to_owned(), format!("{now:.3}").into());
    if let (Some(file), Some(at)) = (metadata.file(), metadata.line()) {
        line.insert("caller".to_owned(), format!("{file}:{at}").into());
    }
    line.insert("message".to_owned(), fields.remove("message").unwrap_or_else(|| "".into()));
    for (ours, theirs) in TOP_LEVEL {
        if let Some(value) = fields.remove(ours) {
            line.insert(theirs.to_owned(), value);
        }
    }
    if !fields.is_empty() {
        line.insert("fields".to_owned(), Value::Object(fields));
    }
    let mut bytes = Value::Object(line).to_string().into_bytes();
    bytes.push(b'\n');
    bytes
}

/// Collects fields; a field whose name ends in `_json` holds JSON as text and becomes an object.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    /// Those of a span that are not for traces alone.
    fn of_span(self) -> Map<String, Value> {
        self.0.into_iter().filter(|(name, _)| !name.contains('.')).collect()
    }

    /// Fields are written as the original writes them: `artifact-id`.
    fn add(&mut self, name: &str, value: Value) {
        self.0.insert(name.replace('_', "-"), value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let (name, value) = match field.name().strip_suffix("_json") {
            Some(name) => (name, serde_json::from_str(value).unwrap_or_else(|_| value.into())),
            None => (field.name(), value.into()),
        };
        self.add(name, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field.name(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field.name(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field.name(), value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field.name(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

    #[test]
    fn a_line_has_the_shape_of_the_original() {
        let out: fn(&[u8]) = |line| LINES.lock().unwrap().push(String::from_utf8(line.to_vec()).unwrap());
        let subscriber = tracing_subscriber::registry().with(JsonLines { out });
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!(
                "request",
                request_id = "r-1",
                http.url = "/status",
                subject = tracing::field::Empty
            );
            span.record("subject", "ida@corp.test");
            let _inside = span.enter();
            tracing::info!(
                service = "billing",
                artifact_id = "a-1",
                took_ms = 3,
                req_json = r#"{"url":"/"}"#,
                "said {}",
                1
            );
        });
        let lines = LINES.lock().unwrap();
        let line: Value = serde_json::from_str(&lines[0]).unwrap();
        assert!(lines[0].ends_with('\n') && line["@timestamp"].as_str().unwrap().ends_with('Z'));
        assert_eq!(line["level"], "info");
        assert_eq!(line["message"], "said 1");
        assert_eq!((&line["requestId"], &line["subject"]), (&"r-1".into(), &"ida@corp.test".into()));
        assert_eq!(line["fields"]["artifact-id"], "a-1");
        assert_eq!((&line["fields"]["took-ms"], &line["fields"]["req"]["url"]), (&3.into(), &"/".into()));
        assert_eq!(line["fields"]["http.url"], Value::Null, "a span's field with a dot is for traces");
    }
}

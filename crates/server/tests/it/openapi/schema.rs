//! Whether JSON is what the document says: the part of JSON Schema that it uses. A field that it does not name is wrong.

use serde_json::Value;

/// The document, with its references.
pub(crate) struct Document(pub(crate) Value);

impl Document {
    /// What a reference stands for.
    pub(crate) fn of<'a>(&'a self, node: &'a Value) -> &'a Value {
        match node["$ref"].as_str() {
            Some(reference) => {
                let found = self.0.pointer(reference.trim_start_matches('#'));
                self.of(found.unwrap_or_else(|| panic!("nothing is at {reference}")))
            }
            None => node,
        }
    }

    /// Everything that is wrong with a value, each with its place.
    pub(crate) fn faults(&self, schema: &Value, value: &Value, place: &str) -> Vec<String> {
        let schema = self.of(schema);
        let kind = schema["type"].as_str().unwrap_or_default();
        let fits = match kind {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "boolean" => value.is_boolean(),
            other => panic!("the schema of {place} has the type `{other}`"),
        };
        if !fits {
            return vec![format!("{place} is no {kind}: {value}")];
        }
        let mut faults = Vec::new();
        if let Some(words) = schema["enum"].as_array().filter(|words| !words.contains(value)) {
            faults.push(format!("{place} is {value}, none of {words:?}"));
        }
        for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if value.get(required).is_none() {
                faults.push(format!("{place} lacks {required}"));
            }
        }
        for (name, field) in value.as_object().into_iter().flatten() {
            match schema["properties"].get(name) {
                Some(of_field) => faults.extend(self.faults(of_field, field, &format!("{place}.{name}"))),
                None if schema["additionalProperties"] == true => {}
                None => faults.push(format!("{place}.{name} is not in the document")),
            }
        }
        for (at, item) in value.as_array().into_iter().flatten().enumerate() {
            faults.extend(self.faults(&schema["items"], item, &format!("{place}[{at}]")));
        }
        faults
    }
}

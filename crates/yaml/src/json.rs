//! A document as JSON, the way it reaches the API server.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use crate::{Content, Document, Node, Problem, Scalar, YamlError, float};

impl Document {
    /// This document as JSON; see [`Node::to_json`].
    ///
    /// # Errors
    /// When JSON has no way to say it.
    pub fn to_json(&self) -> Result<Value, YamlError> {
        self.root.to_json()
    }
}

impl Node {
    /// This value as JSON: keys become strings, and a float without a fraction becomes a whole number, as it does
    /// on its way through Go's JSON.
    ///
    /// # Errors
    /// When a key is null, two keys become the same string, or a number is infinite or not a number.
    pub fn to_json(&self) -> Result<Value, YamlError> {
        match &self.content {
            Content::Scalar { value, .. } => {
                scalar(value).map_err(|what| Problem::NotJson(what).at(self.position))
            }
            Content::List(items) => {
                items.iter().map(Self::to_json).collect::<Result<_, _>>().map(Value::Array)
            }
            Content::Map(entries) => object(entries),
        }
    }
}

fn object(entries: &[(Node, Node)]) -> Result<Value, YamlError> {
    let mut fields = BTreeMap::new();
    for (key, value) in entries {
        let name = name(key)?;
        let value = value.to_json()?;
        if fields.contains_key(&name) {
            return Err(Problem::DuplicateKey(name).at(key.position));
        }
        fields.insert(name, value);
    }
    Ok(Value::Object(fields.into_iter().collect::<Map<_, _>>()))
}

fn name(key: &Node) -> Result<String, YamlError> {
    let Content::Scalar { value, .. } = &key.content else {
        return Err(Problem::BadKey("a collection").at(key.position));
    };
    Ok(match value {
        Scalar::Null => return Err(Problem::BadKey("null").at(key.position)),
        Scalar::Uint(_) => return Err(Problem::BadKey("a number above the signed range").at(key.position)),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => float_name(*value),
        Scalar::Text(text) => text.clone(),
    })
}

/// A float as a key, in single precision like the Go library does it.
fn float_name(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "single precision is what the library prints")]
    let single = value as f32;
    if single.is_nan() {
        ".nan".to_owned()
    } else if single.is_infinite() {
        if single > 0.0 { ".inf".to_owned() } else { "-.inf".to_owned() }
    } else {
        float::from_scientific(&format!("{single:e}"))
    }
}

fn scalar(value: &Scalar) -> Result<Value, &'static str> {
    Ok(match value {
        Scalar::Null => Value::Null,
        Scalar::Bool(value) => Value::Bool(*value),
        Scalar::Int(value) => Value::Number((*value).into()),
        Scalar::Uint(value) => Value::Number((*value).into()),
        Scalar::Float(value) => return float(*value),
        Scalar::Text(text) => Value::String(text.clone()),
    })
}

fn float(value: f64) -> Result<Value, &'static str> {
    // 2^63 as a float: the first one outside of the signed range.
    let bound = 9_223_372_036_854_775_808.0;
    if value.fract() == 0.0 && (-bound..bound).contains(&value) {
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range, just checked")]
        let whole = value as i64;
        return Ok(Value::Number(whole.into()));
    }
    let what = if value.is_nan() { ".nan" } else { ".inf" };
    Number::from_f64(value).map(Value::Number).ok_or(what)
}

//! The functions of `text/template` itself.

mod escape;
mod index;

use crate::Type::{Any, Reflected, Text};
use crate::function::{Body, Call, Function};
use crate::{Type, Value, compare, format};

/// Go's own functions.
pub(crate) static TABLE: &[Function] = &[
    Function { name: "and", params: &[Reflected], rest: Some(Reflected), body: Body::And },
    Function { name: "or", params: &[Reflected], rest: Some(Reflected), body: Body::Or },
    Function::new("not", &[Reflected], |call| Ok(Value::Bool(!call.any(0).is_true()))),
    Function::variadic("call", &[Reflected], Reflected, not_callable),
    Function::variadic("index", &[Reflected], Reflected, index::index),
    Function::variadic("slice", &[Reflected], Reflected, index::slice),
    Function::new("len", &[Reflected], index::len),
    Function::variadic("print", &[], Any, |call| Ok(format::print(call.args).into())),
    Function::variadic("println", &[], Any, |call| Ok(format::println(call.args).into())),
    Function::variadic("printf", &[Text], Any, |call| {
        Ok(format::printf::sprintf(call.text(0), call.from(1)).into())
    }),
    Function::variadic("html", &[], Any, |call| Ok(escape::html(&arguments(call)).into())),
    Function::variadic("js", &[], Any, |call| Ok(escape::js(&arguments(call)).into())),
    Function::variadic("urlquery", &[], Any, |call| Ok(escape::query(&arguments(call)).into())),
    Function::variadic("eq", &[Reflected], Reflected, |call| {
        compare::equals_any(call.any(0), call.from(1)).map(Value::Bool)
    }),
    comparison("ne", |call| compare::equals(call.any(0), call.any(1)).map(|equal| Value::Bool(!equal))),
    comparison("lt", |call| compare::is_less(call.any(0), call.any(1)).map(Value::Bool)),
    comparison("le", |call| compare::is_less_or_equal(call.any(0), call.any(1)).map(Value::Bool)),
    comparison("gt", |call| {
        compare::is_less_or_equal(call.any(0), call.any(1)).map(|or_equal| Value::Bool(!or_equal))
    }),
    comparison("ge", |call| compare::is_less(call.any(0), call.any(1)).map(|less| Value::Bool(!less))),
];

const fn comparison(name: &'static str, body: fn(&Call<'_>) -> Result<Value, String>) -> Function {
    const TWO: &[Type] = &[Reflected, Reflected];
    Function::new(name, TWO, body)
}

/// The arguments as one text; a single text as it is.
fn arguments(call: &Call<'_>) -> String {
    match call.args {
        [Value::Text(text)] => text.to_string(),
        args => format::print(args),
    }
}

/// No value of ours is a function.
fn not_callable(call: &Call<'_>) -> Result<Value, String> {
    match call.any(0) {
        Value::Nil => Err("call of nil".to_owned()),
        value => Err(format!("non-function of type {}", value.type_name())),
    }
}

//! Asking for types, and changing them.

use crate::Type::{Any, Text};
use crate::function::{Call, Function};
use crate::{Value, cast};

pub(super) static TABLE: &[Function] = &[
    Function::new("typeOf", &[Any], |call| Ok(call.any(0).type_name().into())),
    Function::new("typeIs", &[Text, Any], |call| Ok((call.text(0) == call.any(1).type_name()).into())),
    Function::new("typeIsLike", &[Text, Any], |call| {
        let name = call.any(1).type_name();
        Ok((call.text(0) == name || format!("*{}", call.text(0)) == name).into())
    }),
    Function::new("kindOf", &[Any], |call| Ok(call.any(0).kind_name().into())),
    Function::new("kindIs", &[Text, Any], |call| Ok((call.text(0) == call.any(1).kind_name()).into())),
    Function::new("deepEqual", &[Any, Any], |call| Ok(call.any(0).deep_equal(call.any(1)).into())),
    Function::new("int", &[Any], |call| Ok(Value::Int(cast::to_int(call.any(0))))),
    Function::new("int64", &[Any], |call| Ok(Value::Int64(cast::to_int(call.any(0))))),
    Function::new("float64", &[Any], |call| Ok(Value::Float(cast::to_float(call.any(0))))),
    Function::new("atoi", &[Text], |call| {
        let text = call.text(0);
        Ok(Value::Int(text.parse().unwrap_or(0)))
    }),
    Function::new("toDecimal", &[Any], to_decimal),
];

/// An octal number, such as a file mode, in decimal.
fn to_decimal(call: &Call<'_>) -> Result<Value, String> {
    Ok(Value::Int64(i64::from_str_radix(&cast::to_text(call.any(0)), 8).unwrap_or(0)))
}

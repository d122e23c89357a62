//! The functions that shuttle adds for plans, over those of sprig.

mod access;
mod files;

use crate::Type::{Any, Int, Text};
use crate::function::{Call, Function};
use crate::{Value, format};

pub use access::lookup;

/// Shuttle's own functions.
pub(crate) static TABLE: &[Function] = &[
    Function::new("get", &[Text, Any], access::get),
    Function::new("string", &[Text, Any], access::string),
    Function::new("int", &[Text, Any], access::int),
    Function::new("array", &[Text, Any], access::array),
    Function::new("objectArray", &[Text, Any], access::object_array),
    Function::new("is", &[Any, Any], |call| is_same(call).map(Value::Bool)),
    Function::new("isnt", &[Any, Any], |call| is_same(call).map(|same| Value::Bool(!same))),
    Function::new("strConst", &[Text], |call| Ok(call.text(0).replace('.', "_").to_uppercase().into())),
    Function::new("upperFirst", &[Text], upper_first),
    Function::new("rightPad", &[Text, Int], |call| {
        let width = usize::try_from(call.int(1)).unwrap_or(0);
        Ok(format!("{:<width$}", call.text(0)).into())
    }),
    Function::new("trim", &[Text], |call| Ok(call.text(0).trim().into())),
    Function::new("toYaml", &[Any], |call| Ok(yaml::to_string(&call.any(0).to_yaml()).into())),
    Function::new("fromYaml", &[Text], access::from_yaml),
    Function::new("getFileContent", &[Text], files::content),
    Function::new("fileExists", &[Text], |call| Ok(Value::Bool(call.world.file_exists(call.text(0))))),
    Function::new("getFiles", &[Text], files::entries),
];

/// Go's `==` on two interfaces: types must match.
fn is_same(call: &Call<'_>) -> Result<bool, String> {
    let (a, b) = (call.any(0), call.any(1));
    match (a, b) {
        (Value::List(_), Value::List(_)) | (Value::Map(_), Value::Map(_))
            if a.type_name() == b.type_name() =>
        {
            Err(format!("runtime error: comparing uncomparable type {}", a.type_name()))
        }
        _ => Ok(a.deep_equal(b)),
    }
}

/// The first letter in upper case. The original does this to the first byte and so breaks other letters.
fn upper_first(call: &Call<'_>) -> Result<Value, String> {
    let mut chars = call.text(0).chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    Ok(format::print(&[Value::text(first), Value::text(chars.as_str())]).into())
}

//! Files that templates read.

use std::rc::Rc;

use crate::function::Call;
use crate::{Entry, List, ListType, Record, Value};

pub(super) fn content(call: &Call<'_>) -> Result<Value, String> {
    call.world.read_file(call.text(0)).map(Value::from)
}

pub(super) fn entries(call: &Call<'_>) -> Result<Value, String> {
    let entries = call.world.folder(call.text(0)).into_iter().map(entry).collect();
    Ok(Value::List(List::new(ListType::Records("fs.DirEntry"), entries)))
}

fn entry(entry: Entry) -> Value {
    let size = i64::try_from(entry.size).unwrap_or(i64::MAX);
    Value::Record(Rc::new(Record::new(
        "os.unixDirent",
        vec![
            ("Name", entry.name.into()),
            ("Size", Value::Int64(size)),
            ("IsDir", Value::Bool(entry.is_folder)),
        ],
    )))
}

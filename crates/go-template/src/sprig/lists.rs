//! Lists. Those that "change" one give a new one; the `must…` twins are the same here, since both fail alike.

use super::SIZE_LIMIT;
use crate::Type::{Any, Int};
use crate::function::{Call, Function};
use crate::{List, ListType, Value, cast};

type Body = fn(&Call<'_>) -> Result<Value, String>;

const LIST: &[crate::Type] = &[Any];
const LIST_AND_ITEM: &[crate::Type] = &[Any, Any];

pub(super) static TABLE: &[Function] = &[
    Function::variadic("list", &[], Any, |call| Ok(Value::list(call.args.to_vec()))),
    Function::variadic("tuple", &[], Any, |call| Ok(Value::list(call.args.to_vec()))),
    Function::new("append", LIST_AND_ITEM, push),
    Function::new("push", LIST_AND_ITEM, push),
    Function::new("mustAppend", LIST_AND_ITEM, push),
    Function::new("mustPush", LIST_AND_ITEM, push),
    Function::new("prepend", LIST_AND_ITEM, prepend),
    Function::new("mustPrepend", LIST_AND_ITEM, prepend),
    of_list("first", first),
    of_list("mustFirst", first),
    of_list("last", last),
    of_list("mustLast", last),
    of_list("rest", rest),
    of_list("mustRest", rest),
    of_list("initial", initial),
    of_list("mustInitial", initial),
    of_list("reverse", reverse),
    of_list("mustReverse", reverse),
    of_list("compact", compact),
    of_list("mustCompact", compact),
    of_list("uniq", uniq),
    of_list("mustUniq", uniq),
    of_list("sortAlpha", sort_alpha),
    Function::variadic("without", LIST, Any, without),
    Function::variadic("mustWithout", LIST, Any, without),
    Function::new("has", LIST_AND_ITEM, has),
    Function::new("mustHas", LIST_AND_ITEM, has),
    Function::variadic("slice", LIST, Any, slice),
    Function::variadic("mustSlice", LIST, Any, slice),
    Function::variadic("concat", &[], Any, concat),
    Function::new("chunk", &[Int, Any], chunk),
    Function::new("mustChunk", &[Int, Any], chunk),
    Function::new("until", &[Int], |call| {
        let step = if call.int(0) < 0 { -1 } else { 1 };
        Ok(steps(0, call.int(0), step)?.into())
    }),
    Function::new("untilStep", &[Int, Int, Int], |call| {
        Ok(steps(call.int(0), call.int(1), call.int(2))?.into())
    }),
    Function::variadic("seq", &[], Int, seq),
];

const fn of_list(name: &'static str, body: Body) -> Function {
    Function::new(name, LIST, body)
}

fn push(call: &Call<'_>) -> Result<Value, String> {
    let mut items = cast::to_list(call.any(0), "Cannot push on type")?.items().to_vec();
    items.push(call.any(1).clone());
    Ok(Value::list(items))
}

fn prepend(call: &Call<'_>) -> Result<Value, String> {
    let list = cast::to_list(call.any(0), "Cannot prepend on type")?;
    let items = std::iter::once(call.any(1)).chain(list.items()).cloned().collect();
    Ok(Value::list(items))
}

fn first(call: &Call<'_>) -> Result<Value, String> {
    let list = cast::to_list(call.any(0), "Cannot find first on type")?;
    Ok(list.items().first().cloned().unwrap_or(Value::Nil))
}

fn last(call: &Call<'_>) -> Result<Value, String> {
    let list = cast::to_list(call.any(0), "Cannot find last on type")?;
    Ok(list.items().last().cloned().unwrap_or(Value::Nil))
}

fn rest(call: &Call<'_>) -> Result<Value, String> {
    let list = cast::to_list(call.any(0), "Cannot find rest on type")?;
    Ok(Value::list(list.items().iter().skip(1).cloned().collect()))
}

fn initial(call: &Call<'_>) -> Result<Value, String> {
    let list = cast::to_list(call.any(0), "Cannot find initial on type")?;
    let n = list.items().len().saturating_sub(1);
    Ok(Value::list(list.items()[..n].to_vec()))
}

fn reverse(call: &Call<'_>) -> Result<Value, String> {
    let list = cast::to_list(call.any(0), "Cannot find reverse on type")?;
    Ok(Value::list(list.items().iter().rev().cloned().collect()))
}

fn compact(call: &Call<'_>) -> Result<Value, String> {
    let list = cast::to_list(call.any(0), "Cannot compact on type")?;
    Ok(Value::list(list.items().iter().filter(|item| item.is_true()).cloned().collect()))
}

fn uniq(call: &Call<'_>) -> Result<Value, String> {
    let list = cast::to_list(call.any(0), "Cannot find uniq on type")?;
    let mut kept: Vec<Value> = Vec::new();
    for item in list.items() {
        if !kept.iter().any(|known| known.deep_equal(item)) {
            kept.push(item.clone());
        }
    }
    Ok(Value::list(kept))
}

fn sort_alpha(call: &Call<'_>) -> Result<Value, String> {
    let mut texts = match call.any(0) {
        list @ Value::List(_) => cast::to_texts(list),
        other => vec![cast::to_text(other)],
    };
    texts.sort();
    Ok(Value::texts(texts))
}

fn without(call: &Call<'_>) -> Result<Value, String> {
    let list = cast::to_list(call.any(0), "Cannot find without on type")?;
    let omitted = call.from(1);
    let stays = |item: &&Value| !omitted.iter().any(|other| other.deep_equal(item));
    Ok(Value::list(list.items().iter().filter(stays).cloned().collect()))
}

fn has(call: &Call<'_>) -> Result<Value, String> {
    if call.any(1).is_nil() {
        return Ok(Value::Bool(false));
    }
    let list = cast::to_list(call.any(1), "Cannot find has on type")?;
    Ok(Value::Bool(list.items().iter().any(|item| item.deep_equal(call.any(0)))))
}

fn slice(call: &Call<'_>) -> Result<Value, String> {
    let list = cast::to_list(call.any(0), "list should be type of slice or array but")?;
    let n = list.items().len();
    if n == 0 {
        return Ok(Value::Nil);
    }
    let bound = |index: usize, otherwise: usize| match call.args.get(index) {
        Some(value) => usize::try_from(cast::to_int(value)).unwrap_or(usize::MAX),
        None => otherwise,
    };
    let (from, to) = (bound(1, 0), bound(2, n));
    if from > to || to > n {
        return Err("reflect.Value.Slice: slice index out of bounds".to_owned());
    }
    Ok(Value::List(List::new(list.kind(), list.items()[from..to].to_vec())))
}

fn concat(call: &Call<'_>) -> Result<Value, String> {
    let mut items = Vec::new();
    for value in call.args {
        match value {
            Value::List(list) => items.extend_from_slice(list.items()),
            Value::Nil => cast::to_list(value, "").map(drop)?,
            other => return Err(format!("Cannot concat type {} as list", other.kind_name())),
        }
    }
    Ok(Value::list(items))
}

fn chunk(call: &Call<'_>) -> Result<Value, String> {
    let list = cast::to_list(call.any(1), "Cannot chunk type")?;
    let size = usize::try_from(call.int(0)).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| "runtime error: makeslice: len out of range".to_owned())?;
    let chunks = list.items().chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect();
    Ok(Value::List(List::new(ListType::Lists, chunks)))
}

/// From a number to before another.
fn steps(start: i64, stop: i64, step: i64) -> Result<Vec<i64>, String> {
    let goes_there = if stop < start { step < 0 } else { step > 0 };
    if !goes_there {
        return Ok(Vec::new());
    }
    let distance = stop.abs_diff(start);
    if distance / step.unsigned_abs() > SIZE_LIMIT as u64 {
        return Err(format!("a list of more than {SIZE_LIMIT} numbers is too long"));
    }
    let mut numbers = Vec::new();
    let mut next = start;
    while next.abs_diff(start) < distance {
        numbers.push(next);
        match next.checked_add(step) {
            Some(number) => next = number,
            None => break,
        }
    }
    Ok(numbers)
}

/// Like the program of the same name, on one line.
fn seq(call: &Call<'_>) -> Result<Value, String> {
    let numbers: Vec<i64> = call.args.iter().filter_map(Value::signed).collect();
    let (start, step, end) = match numbers.as_slice() {
        [end] => (1, if *end < 1 { -1 } else { 1 }, *end),
        [start, end] => (*start, if end < start { -1 } else { 1 }, *end),
        [start, step, end] if end < start && *step > 0 => return Ok("".into()),
        [start, step, end] => (*start, *step, *end),
        _ => return Ok("".into()),
    };
    let beyond = end.saturating_add(if end < start { -1 } else { 1 });
    let texts: Vec<String> = steps(start, beyond, step)?.iter().map(i64::to_string).collect();
    Ok(texts.join(" ").into())
}

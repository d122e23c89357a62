//! Go's `text/template`, with the functions that plans use.
//!
//! A text is parsed once into a [`Template`] and rendered with a [`Value`] as dot. Output, error texts and the
//! positions in them are those of Go, tested against Go itself: `template: NAME:LINE:COL: executing "NAME" at
//! <EXPR>: CAUSE`. A [`Dialect`] says which functions exist: Go's own, those of sprig, those of sprig and of
//! shuttle, or those of hamctl. An unknown function is an error when parsing, as in Go.
//!
//! ```text
//! text --lex--> tokens --parse--> tree --exec, with dot--> text
//!                          |                |
//!                     names of Dialect   functions, World
//! ```
//!
//! The crate is pure: files, the environment, time and randomness come through a [`World`] that the caller
//! passes in, [`NoWorld`] has none of them. It knows no project and no plan. Read [`Template`], [`Value`], then
//! [`World`].

mod builtin;
mod cast;
mod compare;
mod describe;
mod error;
mod exec;
mod format;
mod function;
mod json;
mod lex;
mod node;
mod number;
mod parse;
mod plan;
mod sprig;
mod template;
mod time;
mod value;
mod world;

pub use error::{ExecError, ParseError, TemplateError};
pub use function::Dialect;
pub use plan::lookup;
pub use template::{Delimiters, Template};
pub use time::time;
pub use value::{Key, List, ListType, Map, MapType, Record, Type, Value};
pub use world::{Entry, NoWorld, World};

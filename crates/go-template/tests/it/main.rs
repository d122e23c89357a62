//! The crate from outside: what Go itself does with a corpus of templates, and what must never happen.

#[cfg(test)]
mod golden;
#[cfg(test)]
mod never_panics;
#[cfg(test)]
mod random;

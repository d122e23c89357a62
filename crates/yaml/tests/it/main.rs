//! The crate from outside: documents as Kubernetes reads them, faults, and what never happens.

#[cfg(test)]
mod faults;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod json;
#[cfg(test)]
mod never_panics;

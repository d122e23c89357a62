//! The proof that the gate said yes.

/// A change that the gate has approved for the facts it was shown. Only this crate can make one:
///
/// ```compile_fail
/// let forged = policy::Approved("release everything");
/// ```
#[derive(Debug)]
pub struct Approved<C>(C);

impl<C> Approved<C> {
    /// Called where a decision ends with yes, and nowhere else.
    pub(crate) fn by_the_gate(change: C) -> Self {
        Self(change)
    }

    /// What was approved.
    #[must_use]
    pub fn change(&self) -> &C {
        &self.0
    }
}

//! The proof that the gate said yes.

/// A change that the gate has approved for the facts it was shown. Only this crate can make one:
///
/// ```compile_fail
/// let forged = policy::Approved("release everything");
/// ```
///
/// Nor can the gate's own way be called from outside, and what was approved cannot be exchanged for something else:
///
/// ```compile_fail
/// let forged = policy::Approved::by_the_gate("release everything");
/// ```
///
/// ```compile_fail
/// fn exchange(approved: &mut policy::Approved<String>) {
///     *approved.change() = "release everything".to_owned();
/// }
/// ```
///
/// The same function does compile when it only looks:
///
/// ```
/// fn look(approved: &mut policy::Approved<String>) -> usize {
///     approved.change().len()
/// }
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

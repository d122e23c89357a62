//! The whole system, played on real parts.

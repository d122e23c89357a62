//! The built program over projects in temporary folders.

#[cfg(test)]
mod data;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod git_plans;
#[cfg(test)]
mod scripts;

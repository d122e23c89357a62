//! `artifact` against a live server: what a CI job runs, up to the commit that a developer asks for.

mod pushes;
mod uploads;
mod world;

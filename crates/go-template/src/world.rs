//! What templates may ask of the world around them.

/// Files, environment and randomness for the functions that want them.
pub trait World {
    /// Seconds since 1970.
    fn now(&self) -> i64;

    /// The value of an environment variable; empty when it is not set.
    fn env(&self, name: &str) -> String;

    /// The text of a file.
    ///
    /// # Errors
    /// The cause, in the words of the operating system.
    fn read_file(&self, path: &str) -> Result<String, String>;

    /// Whether a file is there, or may be.
    fn file_exists(&self, path: &str) -> bool;

    /// The entries of a folder, sorted by name; none when there is no such folder.
    fn folder(&self, path: &str) -> Vec<Entry>;

    /// Fills with random bytes.
    ///
    /// # Errors
    /// When there is no chance to be had; nothing else may stand in for it, since passwords are made of it.
    fn random(&self, bytes: &mut [u8]) -> Result<(), String>;
}

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// A world without files, environment or chance, in 1970.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWorld;

impl World for NoWorld {
    fn now(&self) -> i64 {
        0
    }

    fn env(&self, _name: &str) -> String {
        String::new()
    }

    fn read_file(&self, path: &str) -> Result<String, String> {
        Err(format!("open {path}: no such file or directory"))
    }

    fn file_exists(&self, _path: &str) -> bool {
        false
    }

    fn folder(&self, _path: &str) -> Vec<Entry> {
        Vec::new()
    }

    fn random(&self, _bytes: &mut [u8]) -> Result<(), String> {
        Err("there is no source of randomness here".to_owned())
    }
}

//! Changing the file without losing what a person wrote into it.

use std::fs::{self, DirBuilder};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;

use yaml::{Scalar, Value};

use super::{ConfigFile, ConfigFileError, Profile, is_name};

impl ConfigFile {
    /// Makes a server the current one.
    pub(crate) fn choose(&mut self, name: &str) -> Result<(), ConfigFileError> {
        self.server(name)?;
        let line = format!("current: {}", scalar(name));
        let lines: Vec<&str> = self.text.lines().collect();
        let text = match lines.iter().position(|line| line.starts_with("current:")) {
            Some(at) => {
                let mut lines = lines.clone();
                lines[at] = &line;
                lines.join("\n") + "\n"
            }
            None => format!("{line}\n{}", self.text),
        };
        let wanted = Self { current: Some(name.to_owned()), ..self.clone() };
        self.become_written(wanted, text)
    }

    /// Adds a server; the first one is the current one.
    pub(crate) fn add(&mut self, profile: Profile) -> Result<(), ConfigFileError> {
        if !is_name(&profile.name) {
            return Err(ConfigFileError::BadName { name: profile.name });
        }
        let is_address = url::Url::parse(&profile.url)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !is_address {
            return Err(ConfigFileError::BadUrl { url: profile.url });
        }
        if self.server(&profile.name).is_ok() {
            return Err(ConfigFileError::Taken { name: profile.name, path: self.path.clone() });
        }
        let name = profile.name.clone();
        let mut block = format!("  {}:\n    url: {}\n", scalar(&name), scalar(&profile.url));
        for (key, value) in [("idp", &profile.idp), ("client-id", &profile.client_id)] {
            if let Some(value) = value {
                block.push_str(&format!("    {key}: {}\n", scalar(value)));
            }
        }
        let (before, after) = match self.text.find("servers:\n") {
            Some(at) if at == 0 || self.text[..at].ends_with('\n') => {
                self.text.split_at(at + "servers:\n".len())
            }
            _ => ("servers:\n", self.text.as_str()),
        };
        let text = format!("{before}{block}{after}");
        let mut wanted = self.clone();
        wanted.servers.insert(0, profile);
        self.become_written(wanted, text)?;
        if self.current.is_none() { self.choose(&name) } else { Ok(()) }
    }

    /// Writes `text`, if it says what is wanted; else, what is wanted in a form of our own.
    fn become_written(&mut self, wanted: Self, text: String) -> Result<(), ConfigFileError> {
        let same = |read: &Self| read.current == wanted.current && read.servers == wanted.servers;
        let file = match Self::parse(self.path.clone(), text) {
            Ok(read) if same(&read) => read,
            Ok(_) | Err(_) => Self::parse(self.path.clone(), wanted.to_yaml())?,
        };
        file.store()?;
        *self = file;
        Ok(())
    }

    fn store(&self) -> Result<(), ConfigFileError> {
        let folder = self.path.parent().ok_or(ConfigFileError::NoHome)?;
        let failed = |source| ConfigFileError::Unwritable { path: self.path.clone(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        let temporary = self.path.with_extension(format!("yaml.{}", std::process::id()));
        let written = fs::File::create(&temporary)
            .and_then(|mut file| {
                file.write_all(self.text.as_bytes())?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&temporary, &self.path));
        if written.is_err() {
            // What matters is the first failure.
            drop(fs::remove_file(&temporary));
        }
        written.map_err(failed)
    }

    /// What it says, in a form of our own.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let servers = self.servers.iter().map(|server| {
            let fields = [
                ("url", Some(&server.url)),
                ("idp", server.idp.as_ref()),
                ("client-id", server.client_id.as_ref()),
            ];
            let fields = fields.into_iter().filter_map(|(key, value)| Some((text(key), text(value?))));
            (text(&server.name), Value::Map(fields.collect()))
        });
        let mut entries = vec![(text("servers"), Value::Map(servers.collect()))];
        entries.extend(self.current.as_ref().map(|name| (text("current"), text(name))));
        yaml::to_string(&Value::Map(entries))
    }
}

fn text(text: &str) -> Value {
    Value::Scalar(Scalar::Text(text.to_owned()))
}

/// A text as YAML writes it on one line.
fn scalar(value: &str) -> String {
    yaml::to_string(&text(value)).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, ConfigFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/config.yaml");
        (folder, ConfigFile::parse(path, text.to_owned()).unwrap())
    }

    fn profile(name: &str) -> Profile {
        Profile { name: name.into(), url: format!("https://{name}.test"), ..Profile::default() }
    }

    #[test]
    fn the_first_server_is_the_current_one_and_a_person_s_comments_stay() {
        let (_folder, mut config) = file("");
        config.add(Profile { client_id: Some("yes".into()), ..profile("one") }).unwrap();
        config.add(profile("two")).unwrap();
        config.choose("two").unwrap();
        let stored = fs::read_to_string(&config.path).unwrap();
        assert_eq!(
            stored,
            "current: two\nservers:\n  two:\n    url: https://two.test\n  one:\n    url: https://one.test\n    client-id: \"yes\"\n"
        );
        let (_folder, mut config) =
            file("# mine\nservers:\n  a: {url: 'http://a'} # local\ncurrent: a # now\n");
        config.add(profile("b")).unwrap();
        config.choose("b").unwrap();
        let stored = fs::read_to_string(&config.path).unwrap();
        assert_eq!(
            stored,
            "# mine\nservers:\n  b:\n    url: https://b.test\n  a: {url: 'http://a'} # local\ncurrent: b\n"
        );
    }

    #[test]
    fn a_file_that_cannot_be_edited_line_by_line_is_written_anew() {
        for text in [
            "{servers: {a: {url: 'http://a'}}}",
            "servers:\n      a:\n            url: http://a\n",
            "servers: &s\n  a: {url: 'http://a'}\n",
        ] {
            let (_folder, mut config) = file(text);
            config.add(profile("b")).unwrap();
            let names: Vec<&str> = config.servers.iter().map(|server| &*server.name).collect();
            assert!(names.contains(&"a") && names.contains(&"b"), "{text}: {names:?}");
            assert_eq!(config.current.as_deref(), Some("b"));
        }
    }

    #[test]
    fn bad_names_and_addresses_are_refused() {
        let (_folder, mut config) = file("servers:\n  a: {url: 'http://a'}\n");
        for (name, url) in
            [("", "http://x"), ("../x", "http://x"), ("x", "x"), ("x", "ftp://x"), ("a", "http://a")]
        {
            let added = config.add(Profile { name: name.into(), url: url.into(), ..Profile::default() });
            assert!(added.is_err(), "{name} {url}");
        }
        assert!(config.choose("b").is_err());
        assert!(!config.path.exists(), "nothing was written");
    }
}

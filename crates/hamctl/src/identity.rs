//! Who to name as the author when the token does not say.

use artifact::Person;
use process::Program;

/// The person that Git on this machine commits as; nobody when Git does not know.
pub(crate) fn of_git() -> Option<Person> {
    let output = Program::new("git")
        .args(["config", "--get-regexp", r"^user\.(name|email)$"])
        .inherit("XDG_CONFIG_HOME")
        .run()
        .ok()?;
    let person = read(&output.stdout_text());
    (!person.is_unknown()).then_some(person)
}

/// The last value of a key is the one that counts.
fn read(text: &str) -> Person {
    let value = |key: &str| {
        text.lines()
            .filter_map(|line| line.strip_prefix(key)?.strip_prefix(' '))
            .next_back()
            .unwrap_or_default()
    };
    Person::new(value("user.name"), value("user.email"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_configuration_wins() {
        let text = "user.name Ida\nuser.email ida@home.test\nuser.email ida@example.test\nuser.name Ida Holm";
        assert_eq!(read(text), Person::new("Ida Holm", "ida@example.test"));
        assert!(read("").is_unknown());
    }
}

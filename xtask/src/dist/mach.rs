//! What a macOS program asks the system for.

/// Where macOS keeps what every Mac has.
const OF_THE_SYSTEM: [&str; 2] = ["/usr/lib/", "/System/Library/"];

/// The libraries that do not come with macOS, read from what `otool -L` prints.
pub(super) fn needs(printed: &str) -> Vec<String> {
    // The first line names the program; each other one begins with a tab and a path.
    let libraries = printed.lines().filter_map(|line| line.strip_prefix('\t'));
    let paths = libraries.map(|line| line.split(" (compatibility").next().unwrap_or(line));
    paths
        .filter(|path| !OF_THE_SYSTEM.iter().any(|folder| path.starts_with(folder)))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_comes_with_the_system_may_be_needed() {
        let printed = "target/artifact:\n\
            \t/System/Library/Frameworks/Security.framework/Versions/A/Security (compatibility version 1.0.0, current version 61123.0.0)\n\
            \t/usr/lib/libSystem.B.dylib (compatibility version 1.0.0, current version 1345.0.0)\n";
        assert_eq!(needs(printed), Vec::<String>::new());
        let foreign = format!(
            "{printed}\t/opt/homebrew/lib/libssl.3.dylib (compatibility version 3.0.0, current version 3.0.0)\n"
        );
        assert_eq!(needs(&foreign), ["/opt/homebrew/lib/libssl.3.dylib"]);
    }
}

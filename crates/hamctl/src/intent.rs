//! Why something was released, in words.

use api::IntentBody;

pub(crate) fn text(intent: &IntentBody) -> String {
    match intent.type_name.as_str() {
        "AutoRelease" => "autorelease".to_owned(),
        "Promote" => format!("promotion from {}", intent.promote.from_environment),
        "ReleaseArtifact" => "artifact release".to_owned(),
        "ReleaseBranch" => format!("{} branch release", intent.release_branch.branch),
        "Rollback" => format!("rollback of {}", intent.rollback.previous_artifact_id),
        other => format!("unknown intent type '{other}'"),
    }
}

#[cfg(test)]
mod tests {
    use artifact::Intent;

    use super::*;

    #[test]
    fn every_intent_has_its_words() {
        for (intent, words) in [
            (Intent::AutoRelease, "autorelease"),
            (Intent::ReleaseArtifact, "artifact release"),
            (Intent::Promote { from: "dev".parse().unwrap() }, "promotion from dev"),
            (Intent::ReleaseBranch { branch: "a/b".parse().unwrap() }, "a/b branch release"),
            (Intent::Rollback { previous: "a-1".parse().unwrap() }, "rollback of a-1"),
        ] {
            assert_eq!(text(&IntentBody::from(&intent)), words);
        }
        assert_eq!(text(&IntentBody::default()), "unknown intent type ''");
    }
}

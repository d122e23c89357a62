//! The Slack double, driven by plain HTTP.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::Slack;

use crate::client;

async fn call(slack: &Slack, method: &str, parameters: &[(&str, &str)]) -> Value {
    let url = format!("{}/{method}", slack.url());
    let parameters = [&[("token", slack.token())], parameters].concat();
    client().post(url).form(&parameters).send().await.unwrap().json().await.unwrap()
}

fn error(code: &str) -> Value {
    json!({"ok": false, "error": code})
}

#[tokio::test]
async fn a_direct_message_reaches_the_person_behind_the_address() {
    let slack = Slack::start().await.unwrap();
    let id = slack.add_user("ida@example.test");
    let user = call(&slack, "users.lookupByEmail", &[("email", "ida@example.test")]).await;
    assert_eq!((&user["ok"], &user["user"]["id"]), (&json!(true), &json!(id)));
    let attachments = r##"[{"color":"#73BF69","title":"released","fields":[{"value":"to dev"}]}]"##;
    let posted = call(&slack, "chat.postMessage", &[("channel", &id), ("attachments", attachments)]).await;
    assert_eq!(posted["ok"], json!(true));
    let seen = slack.messages().remove(0);
    assert_eq!((seen.to.as_str(), seen.attachment("title")), ("ida@example.test", "released"));
    assert!(seen.says("to dev") && !seen.says("to prod"));
    assert_eq!((&posted["channel"], &posted["ts"]), (&json!(seen.channel_id), &json!(seen.ts)));
}

#[tokio::test]
async fn a_message_still_to_come_is_awaited_and_an_update_names_its_message() {
    let slack = Slack::start().await.unwrap();
    let wait = slack.wait_for("second state", Duration::from_secs(30), |message| message.update);
    let talk = async {
        let posted = call(&slack, "chat.postMessage", &[("channel", "#releases-dev"), ("text", "one")]).await;
        let (channel, ts) = (posted["channel"].as_str().unwrap(), posted["ts"].as_str().unwrap());
        let update = [("channel", channel), ("ts", ts), ("text", "two")];
        assert_eq!(call(&slack, "chat.update", &update).await["ok"], json!(true));
        ts.to_owned()
    };
    let (seen, ts) = tokio::join!(wait, talk);
    let seen = seen.unwrap();
    assert_eq!((seen.to, seen.text, seen.ts), ("#releases-dev".into(), "two".into(), ts));
}

#[tokio::test]
async fn what_never_came_is_reported_with_what_came_instead() {
    let slack = Slack::start().await.unwrap();
    call(&slack, "chat.postMessage", &[("channel", "#a"), ("text", "something else")]).await;
    let late = slack.wait_for("message in #b", Duration::from_millis(50), |message| message.to == "#b").await;
    let late = late.unwrap_err().to_string();
    assert!(late.contains("message in #b") && late.contains("something else"), "{late}");
}

#[tokio::test]
async fn refusals_are_in_slacks_words() {
    let slack = Slack::start().await.unwrap();
    slack.archive("#old");
    for (method, parameters, code) in [
        ("users.lookupByEmail", vec![("email", "nobody@example.test")], "users_not_found"),
        ("chat.postMessage", vec![("channel", "#dev")], "no_text"),
        ("chat.postMessage", vec![("channel", "#dev"), ("attachments", "{")], "invalid_attachments"),
        ("chat.postMessage", vec![("channel", "U404"), ("text", "x")], "channel_not_found"),
        ("chat.postMessage", vec![("channel", "#old"), ("text", "x")], "is_archived"),
        ("chat.update", vec![("channel", "C404"), ("ts", "1"), ("text", "x")], "channel_not_found"),
        ("chat.dance", vec![], "unknown_method"),
    ] {
        assert_eq!(call(&slack, method, &parameters).await, error(code), "{method} {parameters:?}");
    }
    let url = format!("{}/users.lookupByEmail", slack.url());
    for (token, code) in [("", "not_authed"), ("guess", "invalid_auth")] {
        let answer = client().post(&url).form(&[("token", token)]).send().await.unwrap();
        assert_eq!(answer.json::<Value>().await.unwrap(), error(code));
    }
    assert_eq!(slack.messages(), []);
}

#[tokio::test]
async fn faults_hit_the_next_call_only() {
    let slack = Slack::start().await.unwrap();
    slack.rate_limit_next(7);
    slack.fail_next("fatal_error");
    let url = format!("{}/chat.postMessage", slack.url());
    let limited = client().post(url).form(&[("token", slack.token())]).send().await.unwrap();
    assert_eq!((limited.status().as_u16(), &limited.headers()["retry-after"]), (429, &"7".parse().unwrap()));
    let post = [("channel", "#dev"), ("text", "x")];
    assert_eq!(call(&slack, "chat.postMessage", &post).await, error("fatal_error"));
    assert_eq!(call(&slack, "chat.postMessage", &post).await["ok"], json!(true));
}

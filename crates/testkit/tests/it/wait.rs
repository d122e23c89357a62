//! Waiting ends with the condition, or says what it saw last.

use std::cell::Cell;
use std::time::Duration;

use testkit::wait::{poll, until};

#[tokio::test]
async fn the_value_of_the_first_success_is_returned() {
    let looks = Cell::new(0);
    let value = until("three looks", Duration::from_secs(30), async || {
        looks.set(looks.get() + 1);
        if looks.get() == 3 { Ok("seen") } else { Err(looks.get()) }
    })
    .await;
    assert_eq!((value, looks.get()), ("seen", 3));
}

#[tokio::test]
async fn the_deadline_names_what_was_awaited_and_the_last_state() {
    let late = poll("rollout", Duration::from_millis(60), async || Err::<(), _>("1 of 2 pods ready")).await;
    let message = late.unwrap_err().to_string();
    assert!(message.starts_with("no rollout within 0."), "{message}");
    assert!(message.ends_with(" s; last seen: 1 of 2 pods ready"), "{message}");
}

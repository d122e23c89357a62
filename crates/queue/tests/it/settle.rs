//! What becomes of taken items.

use std::time::Duration;

use queue::State;

use crate::durable::{Bed, item};

#[tokio::test]
async fn an_item_comes_again_after_a_failure_and_counts_it() {
    let bed = Bed::new();
    let queue = bed.open();
    queue.enqueue(item("k", "a", "1")).await.unwrap();
    let taken = queue.take("k", 1).await.unwrap().pop().unwrap();
    taken.retry_later("host down".to_owned()).await.unwrap();
    let waiting = &queue.items().await.unwrap()[0];
    assert!(matches!(waiting.state, State::Delayed { .. }), "{waiting:?}");
    queue.wake("k");
    let again = queue.take("k", 1).await.unwrap().pop().unwrap();
    assert_eq!((again.item().attempts, again.item().reason.as_str()), (1, "host down"));
}

#[tokio::test]
async fn an_item_that_is_dropped_comes_again() {
    let bed = Bed::new();
    let queue = bed.open();
    queue.enqueue(item("k", "", "1")).await.unwrap();
    drop(queue.take("k", 1).await.unwrap());
    let again = tokio::time::timeout(Duration::from_secs(60), queue.take("k", 1)).await.unwrap().unwrap();
    assert_eq!(again[0].item().payload, b"1");
}

#[tokio::test]
async fn a_taker_that_went_away_takes_nothing() {
    let bed = Bed::new();
    let queue = bed.open();
    let gave_up = tokio::time::timeout(Duration::from_millis(1), queue.take("k", 1)).await;
    assert!(gave_up.is_err(), "there is nothing to take");
    queue.enqueue(item("k", "", "1")).await.unwrap();
    assert_eq!(queue.take("k", 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_dead_item_is_kept_with_its_reason_until_it_is_retried_or_removed() {
    let bed = Bed::new();
    let queue = bed.open();
    queue.enqueue(item("k", "a", "1")).await.unwrap();
    queue.enqueue(item("k", "a", "2")).await.unwrap();
    let taken = queue.take("k", 1).await.unwrap().pop().unwrap();
    let id = taken.item().id;
    taken.give_up("never".to_owned(), vec![item("tell", "", "t")]).await.unwrap();
    assert_eq!(queue.take("k", 1).await.unwrap().pop().unwrap().item().payload, b"2");
    queue.stop().await.unwrap();

    let queue = bed.open();
    let dead = queue.items().await.unwrap().into_iter().find(|item| item.id == id).unwrap();
    assert_eq!((dead.state, dead.reason.as_str()), (State::Dead, "never"));
    assert_eq!(queue.depths().await.unwrap().iter().map(|depth| depth.dead).sum::<usize>(), 1);
    let revived = queue.retry_dead(id).await.unwrap().unwrap();
    assert_eq!(queue.retry_dead(id).await.unwrap(), None);
    let states: Vec<_> = queue.items().await.unwrap().into_iter().map(|item| (item.id, item.state)).collect();
    assert!(states.contains(&(revived, State::Pending)), "{states:?}");
    assert!(!queue.remove_dead(revived).await.unwrap(), "it is not dead any more");
}

//! What is kept over a restart.

use queue::{Backoff, ItemId, NewItem, Queue, State};

pub(crate) fn item(kind: &str, key: &str, payload: &str) -> NewItem {
    NewItem { kind: kind.to_owned(), key: key.to_owned(), payload: payload.as_bytes().to_vec() }
}

pub(crate) struct Bed {
    _folder: tempfile::TempDir,
    file: std::path::PathBuf,
}

impl Bed {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("queue.redb");
        Self { _folder: folder, file }
    }

    pub(crate) fn open(&self) -> Queue {
        Queue::open(&self.file, Backoff::default()).unwrap().0
    }
}

async fn payloads(queue: &Queue) -> Vec<String> {
    let items = queue.items().await.unwrap();
    items.iter().map(|item| String::from_utf8(item.payload.clone()).unwrap()).collect()
}

#[tokio::test]
async fn what_is_not_finished_is_there_after_a_restart() {
    let bed = Bed::new();
    let queue = bed.open();
    for (key, payload) in [("a", "1"), ("a", "2"), ("", "3")] {
        queue.enqueue(item("k", key, payload)).await.unwrap();
    }
    let mut taken = queue.take("k", 9).await.unwrap();
    assert_eq!(taken.len(), 2, "of the key `a` one at a time");
    taken.pop().unwrap().finish(vec![item("later", "", "4")]).await.unwrap();
    queue.stop().await.unwrap();
    drop(taken);

    let queue = bed.open();
    assert_eq!(payloads(&queue).await, ["1", "2", "4"]);
    assert!(queue.items().await.unwrap().iter().all(|item| item.state == State::Pending));
    let id = queue.enqueue(item("k", "", "5")).await.unwrap();
    assert!(id > ItemId::from_number(3), "numbers are not given twice");
}

#[tokio::test]
async fn a_file_belongs_to_one_process() {
    let bed = Bed::new();
    let _queue = bed.open();
    let path = bed.file.clone();
    let error = Queue::open(&path, Backoff::default()).unwrap_err();
    assert!(error.to_string().ends_with("cannot be opened"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_callers_are_all_kept() {
    let bed = Bed::new();
    let queue = bed.open();
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..500 {
        let queue = queue.clone();
        callers.spawn(async move { queue.enqueue(item("k", "", &number.to_string())).await.unwrap() });
    }
    assert_eq!(callers.join_all().await.len(), 500);
    queue.stop().await.unwrap();
    assert_eq!(payloads(&bed.open()).await.len(), 500);
}

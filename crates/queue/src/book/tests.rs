use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn item(id: u64, key: &str) -> Item {
    Item {
        id: ItemId(id),
        kind: "k".to_owned(),
        key: key.to_owned(),
        payload: Vec::new(),
        state: State::Pending,
        attempts: 0,
        reason: String::new(),
        accepted: SystemTime::UNIX_EPOCH,
    }
}

fn taken(book: &mut Book, max: usize) -> Vec<u64> {
    book.take("k", max).into_iter().map(|item| item.id.0).collect()
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

#[test]
fn of_one_key_one_is_out_and_the_oldest_comes_first() {
    let mut book = Book::default();
    for (id, key) in [(1, "a"), (2, "a"), (3, "b"), (4, "")] {
        book.insert(item(id, key));
    }
    assert_eq!(taken(&mut book, 10), [1, 3, 4]);
    assert!(taken(&mut book, 10).is_empty());
    book.remove(ItemId(1));
    assert_eq!(taken(&mut book, 10), [2]);
}

#[test]
fn a_delayed_item_holds_its_key_until_it_is_due_or_woken() {
    let mut book = Book::default();
    book.insert(item(1, "a"));
    book.insert(item(2, "a"));
    assert_eq!(taken(&mut book, 1), [1]);
    book.delay(ItemId(1), "down".to_owned(), at(10));
    assert_eq!(book.next_due(), Some(at(10)));
    book.wake(at(9), None);
    assert!(taken(&mut book, 10).is_empty());
    book.wake(at(10), None);
    assert_eq!(taken(&mut book, 10), [1]);
    book.delay(ItemId(1), "down".to_owned(), at(100));
    book.wake(at(10), Some("other"));
    assert!(taken(&mut book, 10).is_empty());
    book.wake(at(10), Some("k"));
    assert_eq!(taken(&mut book, 10), [1]);
    let first = book.item(ItemId(1)).unwrap();
    assert_eq!((first.attempts, first.reason.as_str()), (2, "down"));
}

#[test]
fn a_dead_item_stays_and_frees_its_key() {
    let mut book = Book::default();
    book.insert(item(1, "a"));
    book.insert(item(2, "a"));
    assert_eq!(taken(&mut book, 1), [1]);
    book.kill(ItemId(1), "no".to_owned());
    assert_eq!(taken(&mut book, 10), [2]);
    let dead = book.item(ItemId(1)).unwrap();
    assert_eq!((&dead.state, dead.reason.as_str()), (&State::Dead, "no"));
    let depth = &book.depths()[0];
    assert_eq!((depth.pending, depth.taken, depth.dead), (0, 1, 1));
}

proptest! {
    /// Whatever happens in whatever order: of one key at most one is out, in order of age, and nothing vanishes.
    #[test]
    fn nothing_is_lost_and_no_key_is_out_twice(
        steps in proptest::collection::vec((0_u8..6, 0_u64..12), 1..80)
    ) {
        let mut book = Book::default();
        let mut next = 0;
        let mut out: Vec<u64> = Vec::new();
        let mut gone = 0;
        for (step, n) in steps {
            match step {
                0 | 1 => {
                    book.insert(item(next, ["", "a", "b"][usize::try_from(n % 3).unwrap()]));
                    next += 1;
                }
                2 => out.extend(taken(&mut book, usize::try_from(n % 3).unwrap())),
                3 if !out.is_empty() => {
                    book.remove(ItemId(out.remove(usize::try_from(n).unwrap() % out.len())));
                    gone += 1;
                }
                4 if !out.is_empty() => {
                    let id = out.remove(usize::try_from(n).unwrap() % out.len());
                    if n % 2 == 0 {
                        book.kill(ItemId(id), String::new());
                    } else {
                        book.delay(ItemId(id), String::new(), at(n));
                    }
                }
                _ => book.wake(at(n), None),
            }
            let keys: Vec<&str> = out
                .iter()
                .map(|id| book.item(ItemId(*id)).unwrap().key.as_str())
                .filter(|key| !key.is_empty())
                .collect();
            let distinct: std::collections::HashSet<&&str> = keys.iter().collect();
            prop_assert_eq!(keys.len(), distinct.len());
        }
        prop_assert_eq!(book.items().count() as u64, next - gone);
        // Everything that is not dead comes out in the end.
        for id in out {
            book.remove(ItemId(id));
        }
        loop {
            book.wake(at(1_000), None);
            let rest = taken(&mut book, 100);
            if rest.is_empty() {
                break;
            }
            for id in rest {
                book.remove(ItemId(id));
            }
        }
        prop_assert!(book.items().all(|item| item.state == State::Dead));
    }
}

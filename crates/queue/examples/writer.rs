//! Fills and empties the queue in the file given, and says so line by line, until it is killed. The crash test of the
//! crate runs it.

use std::io::Write;
use std::path::Path;

use queue::{Backoff, NewItem, Queue, QueueError};

/// Writers at once, so that commits are shared.
const WRITERS: usize = 8;

fn say(line: &str) {
    // A reader that is gone is about to kill us.
    drop(writeln!(std::io::stdout().lock(), "{line}"));
}

async fn write(queue: Queue, run: String, writer: usize) -> Result<(), QueueError> {
    for number in 0.. {
        let name = format!("{run}/{writer}/{number}");
        let key = format!("key-{}", number % 3);
        queue.enqueue(NewItem { kind: "work".to_owned(), key, payload: name.clone().into_bytes() }).await?;
        say(&format!("kept {name}"));
    }
    Ok(())
}

async fn read(queue: Queue) -> Result<(), QueueError> {
    loop {
        for taken in queue.take("work", 4).await? {
            let name = String::from_utf8_lossy(&taken.item().payload).into_owned();
            say(&format!("finishing {name}"));
            taken.finish(Vec::new()).await?;
            say(&format!("finished {name}"));
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (file, run) = (args.next().ok_or("which file?")?, args.next().ok_or("which run?")?);
    let (queue, _ended) = Queue::open(Path::new(&file), Backoff::default())?;
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        tasks.spawn(write(queue.clone(), run.clone(), writer));
    }
    tasks.spawn(read(queue));
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(())
}

//! From bytes to events, as the HTML standard writes them. Pure.

/// One event may be this long; ours are some kilobytes.
const MAX_FRAME_BYTES: usize = 1 << 20;

/// One event as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) id: Option<String>,
    pub(super) name: String,
    pub(super) data: String,
}

/// The server writes without end.
#[derive(Debug)]
pub(super) struct TooLong;

/// What has come and is not read yet.
#[derive(Debug, Default)]
pub(super) struct Frames {
    bytes: Vec<u8>,
}

impl Frames {
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        self.bytes.extend(bytes.iter().filter(|byte| **byte != b'\r'));
        if self.bytes.len() > MAX_FRAME_BYTES { Err(TooLong) } else { Ok(()) }
    }

    /// The next whole event; comments are passed over. One without a name may carry an id to go on after.
    pub(super) fn next(&mut self) -> Option<Frame> {
        loop {
            let end = self.bytes.windows(2).position(|pair| pair == b"\n\n")?;
            let block: Vec<u8> = self.bytes.drain(..end + 2).collect();
            let frame = read(&String::from_utf8_lossy(&block));
            if !frame.data.is_empty() || frame.id.is_some() {
                return Some(frame);
            }
        }
    }
}

fn read(block: &str) -> Frame {
    let mut frame = Frame::default();
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => frame.id = Some(value.to_owned()),
            "event" => value.clone_into(&mut frame.name),
            "data" => {
                if !frame.data.is_empty() {
                    frame.data.push('\n');
                }
                frame.data.push_str(value);
            }
            // Comments start with a colon; other fields are not ours.
            _ => {}
        }
    }
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_wherever_the_bytes_are_cut() {
        let text = ": alive\n\nid: a-1\r\nevent: release\r\ndata: {}\r\n\r\nretry: 5\n\nevent:x\ndata:1\ndata: 2\n\nevent: h";
        let frame = |id: Option<&str>, name: &str, data: &str| Frame {
            id: id.map(str::to_owned),
            name: name.to_owned(),
            data: data.to_owned(),
        };
        for cut in 0..text.len() {
            let mut frames = Frames::default();
            frames.push(&text.as_bytes()[..cut]).unwrap();
            let mut read: Vec<Frame> = std::iter::from_fn(|| frames.next()).collect();
            frames.push(&text.as_bytes()[cut..]).unwrap();
            read.extend(std::iter::from_fn(|| frames.next()));
            assert_eq!(read, [frame(Some("a-1"), "release", "{}"), frame(None, "x", "1\n2")], "cut at {cut}");
        }
    }

    #[test]
    fn an_event_without_end_is_not_kept() {
        let mut frames = Frames::default();
        assert!(frames.push(&vec![b'a'; MAX_FRAME_BYTES + 1]).is_err());
    }
}

//! Columns that fit the screen.

use terminal::{cut, width};

/// What stands between two columns.
const GAP: &str = "  ";

/// A column is never cut to less.
const NARROWEST: usize = 6;

/// The last column is not cut to less as long as another one can be.
const LAST: usize = 12;

/// A table: headers and rows of as many cells.
#[derive(Clone, Debug)]
pub(crate) struct Table<const N: usize> {
    pub(crate) header: [&'static str; N],
    /// The column that people copy from: the last one to be cut.
    pub(crate) kept: usize,
    pub(crate) rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// Whether all columns but the last have room for their values.
    pub(crate) fn fits(&self, room: Option<usize>) -> bool {
        let mut widths = self.widths();
        if let Some(last) = widths.last_mut() {
            *last = LAST.min(*last);
        }
        room.is_none_or(|room| widths.iter().sum::<usize>() + GAP.len() * (N - 1) <= room)
    }

    /// The table as text. With a `room` no line takes more columns: the widest columns are cut.
    pub(crate) fn text(&self, room: Option<usize>) -> String {
        let mut widths = self.widths();
        if let Some(room) = room {
            shrink(&mut widths, self.kept, room.saturating_sub(GAP.len() * (N - 1)));
        }
        let header = self.header.map(str::to_owned);
        std::iter::once(&header).chain(&self.rows).map(|row| line(row, &widths)).collect()
    }

    /// Each column is as wide as its widest cell.
    fn widths(&self) -> [usize; N] {
        std::array::from_fn(|column| {
            let cells = self.rows.iter().map(|row| width(&flat(&row[column])));
            cells.chain([width(self.header[column])]).max().unwrap_or(0)
        })
    }
}

/// Takes from the last column first, which says most and least exactly; then from the widest of the others, and from
/// the one to keep when all are as narrow as they get.
fn shrink(widths: &mut [usize], kept: usize, room: usize) {
    let excess = widths.iter().sum::<usize>().saturating_sub(room);
    if let Some(last) = widths.last_mut() {
        *last -= excess.min(last.saturating_sub(LAST));
    }
    while widths.iter().sum::<usize>() > room {
        let others =
            widths.iter_mut().enumerate().filter(|(column, width)| *column != kept && **width > NARROWEST);
        let widest = others.max_by_key(|(_, width)| **width).map(|(column, _)| column);
        let column = widest.unwrap_or(kept);
        if widths[column] <= NARROWEST {
            return;
        }
        widths[column] -= 1;
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, room) in cells.iter().zip(widths) {
        let cell = cut(&flat(cell), *room);
        let padding = room.saturating_sub(width(&cell));
        line.push_str(&cell);
        line.push_str(&" ".repeat(padding));
        line.push_str(GAP);
    }
    format!("{}\n", line.trim_end())
}

/// A cell is one line.
fn flat(cell: &str) -> String {
    cell.split(['\n', '\r', '\t']).find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table<3> {
        let row = |cells: [&str; 3]| cells.map(str::to_owned);
        Table {
            header: ["ENV", "ARTIFACT", "MESSAGE"],
            kept: 1,
            rows: vec![
                row(["dev", "master-0a1b2c3d4e-99aa88bb77", "Add a limit\n\nto refunds"]),
                row(["production", "a-1", "環境 of the cluster"]),
            ],
        }
    }

    #[test]
    fn columns_are_as_wide_as_their_values() {
        assert_eq!(
            table().text(None),
            "ENV         ARTIFACT                      MESSAGE\ndev         master-0a1b2c3d4e-99aa88bb77  Add a limit\nproduction  a-1                           環境 of the cluster\n"
        );
    }

    #[test]
    fn no_line_takes_more_than_there_is() {
        for room in [40, 60, 80, 200] {
            let text = table().text(Some(room));
            assert!(text.lines().all(|line| width(line) <= room), "{room}:\n{text}");
        }
        assert!(
            table().text(Some(56)).contains("master-0a1b2c3d4e-99aa88bb77  Add a limit"),
            "ids stay whole"
        );
        assert!(
            table().text(Some(50)).contains("master-0a1b2c3d4e-99aa88bb77"),
            "{}",
            table().text(Some(50))
        );
        assert!(table().text(Some(40)).contains("master-0a1b2"), "{}", table().text(Some(40)));
        assert_eq!(table().text(Some(1)).lines().count(), 3, "a screen of one column does no harm");
    }
}

//! A terminal's screen as an image. It brings its own dark background, so that it can be read on any page.

use crate::Screen;

const FONT: f32 = 13.0;
const CELL: f32 = 7.8;
const LINE: f32 = 18.0;
const MARGIN: f32 = 18.0;
const TITLE: f32 = 30.0;

/// The image of all rows down to the last one that holds something.
pub(super) fn of(screen: &Screen) -> String {
    let (screen, columns) = (screen.cells(), screen.columns());
    let rows: Vec<String> = screen.rows(0, columns).collect();
    let count = rows.iter().rposition(|row| !row.trim().is_empty()).map_or(0, |last| last + 1);
    let width = f32::from(columns) * CELL + 2.0 * MARGIN;
    let height = u16::try_from(count).map_or(0.0, f32::from) * LINE + TITLE + MARGIN;
    let mut image = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"{FONT}\">\n<title>A session with hamctl: status, diff, promote, rollback</title>\n<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#14191f\"/>\n"
    );
    for (at, colour) in ["#ff5f57", "#febc2e", "#28c840"].iter().enumerate() {
        let x = MARGIN + 4.0 + u16::try_from(at).map_or(0.0, f32::from) * 18.0;
        image.push_str(&format!("<circle cx=\"{x}\" cy=\"16\" r=\"5\" fill=\"{colour}\"/>\n"));
    }
    for row in 0..u16::try_from(count).unwrap_or(u16::MAX) {
        image.push_str(&line(screen, columns, row));
    }
    image.push_str("</svg>\n");
    image
}

/// How a piece of a line looks.
#[derive(Clone, Copy, PartialEq)]
struct Style {
    colour: &'static str,
    bold: bool,
}

fn line(screen: &vt100::Screen, columns: u16, row: u16) -> String {
    let y = TITLE + (f32::from(row) + 0.8) * LINE;
    let mut image = String::new();
    let mut column = 0;
    while column < columns {
        let style = style(screen, row, column);
        let start = column;
        let mut text = String::new();
        while column < columns && self::style(screen, row, column) == style {
            let cell = screen.cell(row, column).map(|cell| cell.contents().to_owned()).unwrap_or_default();
            text.push_str(if cell.is_empty() { " " } else { &cell });
            column += 1;
        }
        let shown = text.trim_end();
        if shown.trim().is_empty() {
            continue;
        }
        let x = MARGIN + f32::from(start) * CELL;
        let length = u16::try_from(shown.chars().count()).map_or(0.0, f32::from) * CELL;
        let weight = if style.bold { " font-weight=\"bold\"" } else { "" };
        let escaped = shown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        image.push_str(&format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"{}\"{weight} textLength=\"{length:.1}\" xml:space=\"preserve\">{escaped}</text>\n",
            style.colour
        ));
    }
    image
}

fn style(screen: &vt100::Screen, row: u16, column: u16) -> Style {
    let Some(cell) = screen.cell(row, column) else { return Style { colour: PLAIN, bold: false } };
    let colour = match cell.fgcolor() {
        vt100::Color::Idx(1) => "#ff7b72",
        vt100::Color::Idx(2) => "#7ee787",
        vt100::Color::Idx(3) => "#e3b341",
        vt100::Color::Idx(6) => "#79c0ff",
        _ if cell.bold() => "#ffffff",
        _ => PLAIN,
    };
    Style { colour, bold: cell.bold() }
}

const PLAIN: &str = "#c9d1d9";

//! A film of a terminal as an image that moves. It brings its own dark background, so that it can be read on any page.
//!
//! Each row is drawn once, and each picture says which rows it shows; the style sheet says when. Who does not play it
//! sees the last picture.

use std::fmt::Write;

use super::film::{Frame, WINDOW};
use crate::Screen;

const FONT: f32 = 13.0;
const CELL: f32 = 7.8;
const LINE: f32 = 18.0;
const MARGIN: f32 = 18.0;
const TITLE: f32 = 32.0;

const DESCRIPTION: &str = "A session with hamctl: status, diff, promote --wait, rollback";

/// The image.
pub(super) fn of(film: &[Frame], columns: u16) -> String {
    let width = f32::from(columns) * CELL + 2.0 * MARGIN;
    let height = f32::from(WINDOW) * LINE + TITLE + MARGIN;
    let mut rows: Vec<&str> = Vec::new();
    let mut pictures = String::new();
    for (at, frame) in film.iter().enumerate() {
        let last = if at + 1 == film.len() { " l" } else { "" };
        pictures.push_str(&format!("<g class=\"f{last}\" style=\"animation-name:f{at}\">"));
        pictures.push_str(&uses(frame, &mut rows));
        pictures.push_str("</g>\n");
    }
    let mut image = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"{FONT}\">\n<title>{DESCRIPTION}</title>\n"
    );
    image.push_str(&style_sheet(film));
    image.push_str("<defs>\n");
    for (at, row) in rows.iter().enumerate() {
        image.push_str(&format!("<g id=\"r{at}\">{row}</g>\n"));
    }
    image.push_str("</defs>\n");
    image.push_str(&format!("<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#14191f\"/>\n"));
    for (x, colour) in [(22, "#ff5f57"), (40, "#febc2e"), (58, "#28c840")] {
        image.push_str(&format!("<circle cx=\"{x}\" cy=\"16\" r=\"5\" fill=\"{colour}\"/>\n"));
    }
    image + &pictures + "</svg>\n"
}

/// When each picture is seen.
fn style_sheet(film: &[Frame]) -> String {
    let total: u32 = film.iter().map(|frame| frame.milliseconds).sum();
    let seconds = f64::from(total) / 1_000.0;
    let mut sheet = format!(
        "<style>\n.f{{visibility:hidden;animation-duration:{seconds:.2}s;animation-timing-function:step-end;animation-iteration-count:infinite}}\n.l{{visibility:visible}}\n@media (prefers-reduced-motion:reduce){{.f{{animation-duration:0s;animation-iteration-count:1}}}}\n"
    );
    let mut begin = 0;
    for (at, frame) in film.iter().enumerate() {
        let percent = |milliseconds: u32| f64::from(milliseconds) * 100.0 / f64::from(total);
        let (from, to) = (percent(begin), percent(begin + frame.milliseconds));
        begin += frame.milliseconds;
        let before = if at == 0 { "" } else { "0%{visibility:hidden}" };
        let after = if begin == total { "" } else { &format!("{to:.3}%{{visibility:hidden}}") };
        // Writing to memory does not fail.
        let _infallible =
            writeln!(sheet, "@keyframes f{at}{{{before}{from:.3}%{{visibility:visible}}{after}}}");
    }
    sheet + "</style>\n"
}

/// The rows of a picture, each by the number it has among all rows.
fn uses<'a>(frame: &'a Frame, rows: &mut Vec<&'a str>) -> String {
    let mut picture = String::new();
    for (at, row) in frame.rows.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
        let known = rows.iter().position(|known| known == row);
        let number = known.unwrap_or_else(|| {
            rows.push(row);
            rows.len() - 1
        });
        let y = TITLE + u16::try_from(at).map_or(0.0, f32::from) * LINE;
        picture.push_str(&format!("<use href=\"#r{number}\" y=\"{y}\"/>"));
    }
    picture
}

/// How a piece of a line looks.
#[derive(Clone, Copy, PartialEq)]
struct Style {
    colour: &'static str,
    bold: bool,
}

/// A row of the screen, as if it were the first one.
pub(super) fn line(screen: &Screen, row: u16) -> String {
    let (screen, columns) = (screen.cells(), screen.columns());
    let y = 0.8 * LINE;
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
        let indent = shown.len() - shown.trim_start().len();
        let shown = shown.trim_start();
        if shown.is_empty() {
            continue;
        }
        let x = MARGIN + (f32::from(start) + u16::try_from(indent).map_or(0.0, f32::from)) * CELL;
        let length = u16::try_from(shown.chars().count()).map_or(0.0, f32::from) * CELL;
        let weight = if style.bold { " font-weight=\"bold\"" } else { "" };
        let escaped = shown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        image.push_str(&format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"{}\"{weight} textLength=\"{length:.1}\" xml:space=\"preserve\">{escaped}</text>",
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
        _ if cell.dim() => "#8b949e",
        _ => PLAIN,
    };
    Style { colour, bold: cell.bold() }
}

const PLAIN: &str = "#c9d1d9";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_every_moment_one_picture_is_seen_and_rows_are_drawn_once() {
        let frame =
            |milliseconds, rows: [&str; 2]| Frame { milliseconds, rows: rows.map(str::to_owned).into() };
        let frames = vec![frame(100, ["a", ""]), frame(300, ["a", "b"]), frame(600, ["b", ""])];
        let image = of(&frames, 80);
        for seen in [
            "@keyframes f0{0.000%{visibility:visible}10.000%{visibility:hidden}}",
            "@keyframes f1{0%{visibility:hidden}10.000%{visibility:visible}40.000%{visibility:hidden}}",
            "@keyframes f2{0%{visibility:hidden}40.000%{visibility:visible}}",
            "animation-duration:1.00s",
        ] {
            assert!(image.contains(seen), "{seen}: {image}");
        }
        assert_eq!(image.matches("<g id=").count(), 2, "{image}");
        assert_eq!(image.matches("<use ").count(), 4, "{image}");
        assert_eq!(image.matches(" l\"").count(), 1, "who does not play it sees one picture: {image}");
    }
}

//! One of some lines, chosen with the arrow keys or by its number.

use crate::ask::AskError;
use crate::keys::{Key, Keys};
use crate::terminal::Input;
use crate::{Terminal, Tone, cut};

/// Digits of a number; no list has more lines.
const LONGEST_NUMBER: usize = 6;

/// Lines around the list: the question above it, what is typed below it, and one that stays free.
const AROUND: usize = 3;

impl Terminal {
    /// Lets the person choose one of some lines; it starts at `default`. Gives the index into `lines`.
    ///
    /// The arrow keys move a mark and Enter takes what is marked; digits mark the line of that number, counted from
    /// `first`. Where the cursor cannot be moved, the number is asked for.
    ///
    /// # Errors
    /// When nobody is there, or they cancel.
    pub fn choose(
        &self,
        question: &str,
        lines: &[String],
        first: usize,
        default: usize,
    ) -> Result<usize, AskError> {
        if !self.is_interactive() {
            return Err(AskError::NotATerminal { question: question.to_owned() });
        }
        let (keys, look) = {
            let state = self.lock();
            (matches!(state.input, Input::Stdin) && state.err.look.moves, state.err.look)
        };
        if !keys || lines.is_empty() {
            return self.choose_by_number(question, lines, first, default);
        }
        let mut list = List {
            lines,
            first,
            marked: default.min(lines.len() - 1),
            typed: String::new(),
            room: look.height.saturating_sub(AROUND).max(1),
            width: look.width,
        };
        let keys = Keys::take().map_err(|source| AskError::Unreadable { source })?;
        self.talk(question);
        let mut drawn = 0;
        loop {
            drawn = self.draw(&list, drawn);
            match keys.next().map_err(|source| AskError::Unreadable { source })? {
                Key::Enter if list.is_sure() => break,
                Key::Cancel => {
                    self.erase(drawn);
                    return Err(AskError::Cancelled);
                }
                key => list.press(key),
            }
        }
        self.erase(drawn);
        self.talk(self.talk_toned(Tone::Strong, &format!("> {}", cut(&lines[list.marked], look.width - 3))));
        Ok(list.marked)
    }

    /// Draws the list over what was drawn of it before; how many lines it takes.
    fn draw(&self, list: &List<'_>, drawn: usize) -> usize {
        let mut text = String::new();
        let shown = list.shown();
        let count = shown.len() + 1;
        for (index, line) in shown {
            let line = cut(line, list.width.saturating_sub(3));
            if index == list.marked {
                text.push_str(&self.talk_toned(Tone::Strong, &format!("> {line}")));
            } else {
                text.push_str(&format!("  {line}"));
            }
            text.push('\n');
        }
        let help = list.help();
        text.push_str(&self.talk_toned(Tone::Quiet, &cut(&help, list.width.saturating_sub(1))));
        text.push('\n');
        self.erase(drawn);
        self.lock().err.write(&text);
        count
    }

    fn erase(&self, lines: usize) {
        if lines > 0 {
            self.lock().err.write_raw(&format!("\u{1b}[{lines}A\r\u{1b}[J"));
        }
    }

    fn choose_by_number(
        &self,
        question: &str,
        lines: &[String],
        first: usize,
        default: usize,
    ) -> Result<usize, AskError> {
        self.talk(question);
        for line in lines {
            self.talk(format_args!("  {line}"));
        }
        let last = (first + lines.len()).saturating_sub(1);
        loop {
            let answer = self.ask(&format!("Number ({first} to {last}) [{}]:", first + default))?;
            if answer.is_empty() {
                return Ok(default);
            }
            match answer.trim_start_matches('#').parse::<usize>() {
                Ok(number) if (first..=last).contains(&number) => return Ok(number - first),
                _ => self.talk(format_args!("`{answer}` is not a number from {first} to {last}.")),
            }
        }
    }
}

/// The list and where the mark is.
struct List<'l> {
    lines: &'l [String],
    /// The number of the first line.
    first: usize,
    marked: usize,
    /// Digits typed so far.
    typed: String,
    /// Lines that the screen has room for.
    room: usize,
    width: usize,
}

impl List<'_> {
    fn press(&mut self, key: Key) {
        let last = self.lines.len() - 1;
        match key {
            Key::Up => self.marked = self.marked.saturating_sub(1),
            Key::Down => self.marked = (self.marked + 1).min(last),
            Key::Home => self.marked = 0,
            Key::End => self.marked = last,
            Key::Digit(digit) => {
                if self.typed.len() < LONGEST_NUMBER {
                    self.typed.push(char::from(b'0' + digit));
                }
                return self.mark_typed();
            }
            Key::Backspace => {
                self.typed.pop();
                return self.mark_typed();
            }
            // Enter is pressed here only when what is typed is not in the list: it stays to be seen.
            Key::Enter => return,
            Key::Cancel | Key::Other => {}
        }
        self.typed.clear();
    }

    fn mark_typed(&mut self) {
        self.marked = self.typed_index().unwrap_or(self.marked);
    }

    /// The line whose number is typed.
    fn typed_index(&self) -> Option<usize> {
        let index = self.typed.parse::<usize>().ok()?.checked_sub(self.first)?;
        (index < self.lines.len()).then_some(index)
    }

    /// Whether what is marked is what was meant: a number that is typed names it.
    fn is_sure(&self) -> bool {
        self.typed.is_empty() || self.typed_index().is_some()
    }

    /// What can be done, or what is wrong with what is typed.
    fn help(&self) -> String {
        match (self.typed.as_str(), self.is_sure()) {
            ("", _) => "↑ ↓ or a number, Enter to take it, Esc to cancel".to_owned(),
            (typed, true) => format!("{typed}: Enter to take it, Backspace to change it, Esc to cancel"),
            (typed, false) => format!("{typed} is not in the list: Backspace to change it, Esc to cancel"),
        }
    }

    /// The lines on the screen: as many as there is room for, the marked one among them.
    fn shown(&self) -> Vec<(usize, &String)> {
        let above = (self.marked + 1).saturating_sub(self.room);
        self.lines.iter().enumerate().skip(above).take(self.room).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Look;

    fn choose(answers: &[&str]) -> (Result<usize, AskError>, String) {
        let (terminal, capture) = Terminal::captured(Look::TERMINAL, answers.iter().copied());
        let chosen = terminal.choose("Which?", &["#0 a".into(), "#1 b".into()], 0, 1);
        (chosen, capture.stderr())
    }

    #[test]
    fn a_choice_is_asked_until_it_is_one() {
        let (chosen, talk) = choose(&["x", "2", "#0"]);
        assert_eq!(chosen.unwrap(), 0);
        let question = "Number (0 to 1) [1]: ";
        assert_eq!(
            talk,
            format!(
                "Which?\n  #0 a\n  #1 b\n{question}`x` is not a number from 0 to 1.\n{question}`2` is not a number from 0 to 1.\n{question}"
            )
        );
    }

    #[test]
    fn enter_takes_the_default_and_the_end_of_input_cancels() {
        assert_eq!(choose(&[""]).0.unwrap(), 1);
        assert!(matches!(choose(&[]).0, Err(AskError::Cancelled)));
    }

    #[test]
    fn a_number_that_is_not_in_the_list_takes_nothing() {
        let lines = ["#0", "#1", "#2", "#3"].map(str::to_owned);
        for (digits, sure, help) in [
            ([9].as_slice(), false, "9 is not in the list: Backspace to change it, Esc to cancel"),
            (&[2, 0], false, "20 is not in the list: Backspace to change it, Esc to cancel"),
            (&[2], true, "2: Enter to take it, Backspace to change it, Esc to cancel"),
            (&[], true, "↑ ↓ or a number, Enter to take it, Esc to cancel"),
        ] {
            let mut list =
                List { lines: &lines, first: 0, marked: 1, typed: String::new(), room: 4, width: 80 };
            digits.iter().for_each(|digit| list.press(Key::Digit(*digit)));
            assert_eq!((list.is_sure(), list.help().as_str()), (sure, help));
        }
    }

    #[test]
    fn keys_move_the_mark_and_digits_set_it() {
        let lines: Vec<String> = (0..12).map(|n| format!("#{n}")).collect();
        let list = || List { lines: &lines, first: 0, marked: 1, typed: String::new(), room: 4, width: 80 };
        for (keys, marked) in [
            (&[Key::Down, Key::Down][..], 3),
            (&[Key::Up, Key::Up, Key::Up], 0),
            (&[Key::End, Key::Down], 11),
            (&[Key::Digit(1), Key::Digit(1)], 11),
            (&[Key::Digit(7), Key::Digit(5)], 7),
            (&[Key::Digit(7), Key::Digit(5), Key::Backspace, Key::Backspace, Key::Digit(3)], 3),
            (&[Key::Digit(1), Key::Up, Key::Digit(1)], 1),
            (&[Key::Other, Key::Backspace], 1),
        ] {
            let mut list = list();
            for key in keys {
                list.press(*key);
            }
            assert_eq!(list.marked, marked, "{keys:?}");
            let shown = list.shown();
            assert_eq!(list.is_sure(), !list.help().contains("is not in the list"), "{keys:?}");
            assert!(shown.len() == 4 && shown.iter().any(|(index, _)| *index == marked), "{keys:?}");
        }
    }
}

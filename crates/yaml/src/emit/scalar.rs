//! Which ways of writing a scalar its characters allow.

/// A way to write a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Without quotes.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes, with escapes.
    Double,
    /// As a `|` block.
    Literal,
}

/// What the characters of a scalar allow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Analysis {
    pub(super) has_breaks: bool,
    is_empty: bool,
    plain: bool,
    single: bool,
    block: bool,
}

impl Analysis {
    pub(super) fn of(text: &str) -> Self {
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let (mut has_breaks, mut special) = (false, false);
        let (mut break_space, mut space_break) = (false, false);
        let mut previous = None;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let ends_word = chars.peek().is_none_or(|next| matches!(next, ' ' | '\t'));
            indicators |= match (previous, c) {
                (
                    None,
                    '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@'
                    | '`',
                ) => true,
                (None, '?' | '-') | (_, ':') => ends_word,
                (Some(before), '#') => before == ' ' || before == '\t' || is_break(before),
                _ => false,
            };
            special |= !is_printable(c);
            has_breaks |= is_break(c);
            break_space |= c == ' ' && previous.is_some_and(is_break);
            space_break |= is_break(c) && previous == Some(' ');
            previous = Some(c);
        }
        let edge = |c: Option<char>| c.is_some_and(|c| c == ' ' || is_break(c));
        let padded = edge(text.chars().next()) || edge(text.chars().last());
        Self {
            has_breaks,
            is_empty: text.is_empty(),
            plain: !(padded || break_space || space_break || special || has_breaks || indicators),
            single: !(break_space || space_break || special),
            block: !(text.is_empty() || text.ends_with(' ') || space_break || special),
        }
    }

    /// The style that is used when another one is wanted but not possible.
    pub(super) fn choose(self, wanted: Style, is_key: bool) -> Style {
        let wanted = if is_key && self.has_breaks { Style::Double } else { wanted };
        match wanted {
            Style::Plain if self.plain && !(self.is_empty && is_key) => Style::Plain,
            Style::Plain | Style::Single if self.single => Style::Single,
            Style::Literal if self.block && !is_key => Style::Literal,
            Style::Plain | Style::Single | Style::Double | Style::Literal => Style::Double,
        }
    }
}

/// Line breaks of YAML 1.1.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Characters that may stand in a text as they are. Nothing beyond the basic plane, and no tab.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

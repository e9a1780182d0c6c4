//! Letters in columns: how wide a text stands, cutting, filling, wrapping; money, weight and volume for people.

use std::fmt::Write;

/// Without control characters: names from documents must not move the cursor.
pub(in crate::plan) fn clean(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() || is_direction(letter) { '·' } else { letter })
        .collect()
}

/// Letters that turn the direction of writing around.
fn is_direction(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Columns one letter takes: none for combining marks, two for East Asian wide forms and pictures.
fn columns(letter: char) -> usize {
    match letter {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// Columns a text takes.
pub(in crate::plan) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// At most `most` columns of a text, an ellipsis where it was cut.
pub(in crate::plan) fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let (mut kept, mut used) = (String::new(), 1);
    for letter in text.chars() {
        used += columns(letter);
        if used > most {
            break;
        }
        kept.push(letter);
    }
    kept.truncate(kept.trim_end().len());
    if most > 0 {
        kept.push('…');
    }
    kept
}

/// A text cut or filled to exactly `columns`.
pub(in crate::plan) fn left(text: &str, columns: usize) -> String {
    let mut text = cut(text, columns);
    text.extend(std::iter::repeat_n(' ', columns - width(&text)));
    text
}

/// Two texts at the ends of `columns`; the left one gives way.
pub(in crate::plan) fn ends(start: &str, end: &str, columns: usize) -> String {
    let end = cut(end, columns);
    let room = columns - width(&end);
    left(&cut(start, room.saturating_sub(1)), room) + &end
}

/// Words in lines of at most `columns`.
pub(in crate::plan) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if lines[last].is_empty() {
            lines[last] = cut(word, columns);
        } else if width(&lines[last]) + 1 + width(word) <= columns {
            let _ = write!(lines[last], " {word}");
        } else {
            lines.push(cut(word, columns));
        }
    }
    lines
}

/// Digits of minor units by ISO 4217; nothing said about the currency, nothing split off.
fn decimals(currency: &str) -> u32 {
    match currency {
        "" | "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// An amount of minor units as people write it, without the currency's code: `1,234.50`.
pub fn money(minor: i64, currency: &str) -> String {
    let decimals = decimals(currency);
    let unit = 10u64.pow(decimals);
    let amount = minor.unsigned_abs();
    let whole = grouped(amount / unit);
    let sign = if minor < 0 { "−" } else { "" };
    match decimals {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{:0digits$}", amount % unit, digits = decimals as usize),
    }
}

/// Digits in groups of three.
pub(in crate::plan) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Grams as people read them: `912 g`, `12.4 kg`.
pub(in crate::plan) fn weight(grams: u64) -> String {
    scaled(grams, "g", "kg")
}

/// Cubic centimetres as people read them: `330 cm³`, `2.7 l`.
pub(in crate::plan) fn volume(cm3: u64) -> String {
    scaled(cm3, "cm³", "l")
}

/// Below a thousand as it is, else in thousands with one digit, halves rounded up.
fn scaled(number: u64, small: &str, large: &str) -> String {
    if number < 1_000 {
        return format!("{number} {small}");
    }
    let tenths = number / 100 + u64::from(number % 100 >= 50);
    format!("{}.{} {large}", grouped(tenths / 10), tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_not_bytes() {
        assert_eq!(width("Сметана"), 7);
        assert_eq!(width("酸奶油"), 6);
        assert_eq!(left("Сметана", 9), "Сметана  ");
        assert_eq!(cut("Сметана 20 %", 9), "Сметана…");
        assert_eq!(cut("酸奶油", 4), "酸…");
        assert_eq!(ends("a long beginning", "end", 12), "a long…  end");
        assert_eq!(width(&ends("酸奶油酸奶油", "end", 12)), 12);
    }

    #[test]
    fn a_name_cannot_move_the_cursor() {
        assert_eq!(clean("a\u{1b}[2Jb\nc\u{202e}d"), "a·[2Jb·c·d");
    }

    #[test]
    fn words_are_wrapped() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 5), ["unbr…"]);
    }

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(money(123_450, "RUB"), "1,234.50");
        assert_eq!(money(-5, "EUR"), "−0.05");
        assert_eq!(money(123_450, "JPY"), "123,450");
        assert_eq!(money(1_234, "KWD"), "1.234");
        assert_eq!(money(i64::MIN, ""), "−9,223,372,036,854,775,808");
        assert_eq!(weight(912), "912 g");
        assert_eq!(weight(12_449), "12.4 kg");
        assert_eq!(volume(999_950), "1,000.0 l");
    }
}

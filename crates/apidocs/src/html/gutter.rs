//! Pages seen through a code viewer: line gutters between the lines, and the
//! viewer's own lines before them.

/// A page with the gutters taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plain {
    /// The page.
    pub(crate) text: String,
    /// For each of its lines, the line of the input.
    pub(crate) numbers: Vec<u32>,
}

/// Takes the gutters out, or says that there are none.
///
/// A viewer puts a line that is nothing but `|`, or a line number, between the
/// lines of the page.
pub(crate) fn strip(source: &str) -> Option<Plain> {
    let is_gutter = |line: &str| {
        let line = line.trim();
        line == "|" || (!line.is_empty() && line.bytes().all(|b| b.is_ascii_digit()))
    };
    let lines: Vec<&str> = source.lines().collect();
    let bars = lines.iter().filter(|l| l.trim() == "|").count();
    if bars < 3 || bars * 10 < lines.len() {
        return None;
    }
    let mut text = String::with_capacity(source.len());
    let mut numbers = Vec::new();
    let mut begun = false;
    for (number, line) in (1u32..).zip(&lines) {
        begun |= line.trim_start().starts_with('<');
        if !begun || is_gutter(line) {
            continue;
        }
        // "12 | <p>": number and bar before the text.
        text.push_str(without_number(line));
        text.push('\n');
        numbers.push(number);
    }
    Some(Plain { text, numbers })
}

fn without_number(line: &str) -> &str {
    let trimmed = line.trim_start();
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return line;
    }
    match trimmed.get(digits..).map(str::trim_start) {
        Some(rest) if rest.starts_with('|') => rest.get(1..).unwrap_or_default(),
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[test]
    fn gutters_go_and_lines_are_kept() {
        let page = "200 lines\n<h1>A</h1>\n|\n|\n<p>b</p>\n|\n";
        let plain = strip(page).unwrap();
        assert_eq!(plain.text, "<h1>A</h1>\n<p>b</p>\n");
        assert_eq!(plain.numbers, [2, 5]);
        assert_eq!(strip("<h1>A</h1>\n<p>b</p>\n"), None);
    }
}

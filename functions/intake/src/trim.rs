//! What somebody wrote, without what their mail program put around it.

/// Octets of a comment or a description at most.
const LIMIT: usize = 65_536;

/// Everything above the quoted conversation, of as much as a comment can hold. A mail that has nothing above it is kept whole: somebody may answer
/// below, or between the lines.
pub(crate) fn trimmed(text: &str) -> String {
    let text = cut(text, LIMIT).replace("\r\n", "\n");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let quoted = lines.iter().rposition(|line| !line.is_empty() && !line.starts_with('>')).map_or(0, |last| last + 1);
    let is_quote = |at: usize| at >= quoted && lines[at].starts_with('>') || begins_quote(&lines[at..]);
    let end = (0..lines.len()).find(|at| is_signature(lines[*at]) || is_quote(*at)).unwrap_or(lines.len());
    let above = lines[..end].join("\n");
    let kept = if above.trim().is_empty() { lines.join("\n") } else { above };
    kept.trim().to_owned()
}

/// RFC 3676, 4.3. The space has been trimmed away.
fn is_signature(line: &str) -> bool {
    line == "--"
}

/// Where a line says that the rest is somebody else's words. It looks at three lines at most.
fn begins_quote(rest: &[&str]) -> bool {
    let line = rest[0].trim();
    let next = rest.get(1).map(|line| line.trim()).unwrap_or_default();
    is_attribution(line)
        || is_attribution(&format!("{line} {next}")) && rest.get(2).is_some_and(|line| line.trim().is_empty() || line.starts_with('>'))
        || is_divider(line)
}

/// `On Monday, Ada wrote:`, which mail programs say in the language of whoever uses them.
fn is_attribution(line: &str) -> bool {
    const FORMS: [(&str, &str); 5] = [("On ", " wrote:"), ("Am ", " schrieb"), ("Le ", " a écrit"), ("El ", " escribió:"), ("Il ", " ha scritto:")];
    line.ends_with(':') && line.len() <= 300 && FORMS.iter().any(|(begin, end)| line.starts_with(begin) && line.contains(end))
}

fn is_divider(line: &str) -> bool {
    const WORDS: [&str; 4] = ["Original Message", "Ursprüngliche Nachricht", "Message d'origine", "Forwarded message"];
    line.starts_with("-----") && WORDS.iter().any(|words| line.contains(words)) || line.len() >= 20 && line.bytes().all(|octet| octet == b'_')
}

/// Octets of a subject that are looked at: as many as a line may have (RFC 5322, 2.1.1).
const LINE: usize = 998;

/// A subject without what answering and our own mails add.
pub(crate) fn subject(text: &str) -> String {
    let mut text = cut(text, LINE).replace('\0', "").split_whitespace().collect::<Vec<_>>().join(" ");
    while let Some(rest) = without_prefix(&text) {
        text = rest;
    }
    text
}

fn without_prefix(text: &str) -> Option<String> {
    let (word, rest) = text.split_once(':')?;
    let is_prefix = ["re", "aw", "fw", "fwd", "wg", "sv", "antw", "tr", "rif"].contains(&word.trim().to_lowercase().as_str());
    is_prefix.then(|| rest.trim_start().to_owned())
}

/// The first that looks like a number of a ticket: prefix and at least seven digits.
pub(crate) fn number(subject: &str) -> Option<String> {
    let words = subject.split(|letter: char| !letter.is_ascii_alphanumeric());
    let is_number = |word: &&str| {
        word.get(..3).is_some_and(|prefix| prefix.eq_ignore_ascii_case("INC"))
            && (7..=12).contains(&(word.len() - 3))
            && word[3..].bytes().all(|digit| digit.is_ascii_digit())
    };
    words.into_iter().find(is_number).map(str::to_ascii_uppercase)
}

/// As many octets as fit, whole characters.
pub(crate) fn cut(text: &str, octets: usize) -> String {
    let end = (0..=octets.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_stands_above_what_is_quoted() {
        for (mail, kept) in [
            ("It works now.\r\n\r\nOn Mon, 3 Mar 2025 at 10:00, The Desk <desk@x> wrote:\r\n> Please try.\r\n", "It works now."),
            ("Danke!\n\nAm 03.03.25 um 10:00 schrieb The Desk:\n> Bitte\n", "Danke!"),
            ("Merci\n\nLe lun. 3 mars 2025 à 10:00, Desk <d@x> a écrit :\n\n> Bonjour\n", "Merci"),
            ("Yes.\n\nOn Mon, 3 Mar 2025 at 10:00, The Very Long Desk Name\n<desk@desk.example> wrote:\n\n> Please try.\n", "Yes."),
            ("Still broken\n\n-----Original Message-----\nFrom: Desk\nx", "Still broken"),
            ("See above\n________________________________\nFrom: Desk\nx", "See above"),
            ("Done\n-- \nAda Lovelace\n+44", "Done"),
            ("> Do you see it?\nYes, I do.\n> And now?\nNo.", "> Do you see it?\nYes, I do.\n> And now?\nNo."),
            ("> all\n> quoted\n", "> all\n> quoted"),
            ("On the one hand it works: badly.\nOn the other hand", "On the one hand it works: badly.\nOn the other hand"),
            ("  \n\n", ""),
        ] {
            assert_eq!(trimmed(mail), kept, "{mail}");
        }
    }

    /// A quadratic look at these would take minutes.
    #[test]
    fn a_mail_of_quotes_is_looked_at_once() {
        let begun = std::time::Instant::now();
        for quotes in [">\n".repeat(1_000_000), format!("{}x", ">\n".repeat(30_000)), format!("{}x", "\n> a\n".repeat(10_000))] {
            assert!(trimmed(&quotes).starts_with('>'));
        }
        assert_eq!(trimmed(&format!("Yes.\n{}", "> a\n".repeat(10_000))), "Yes.");
        assert!(subject(&"re: ".repeat(1_000_000)).len() < LINE);
        assert!(begun.elapsed() < std::time::Duration::from_secs(2), "{:?}", begun.elapsed());
    }

    #[test]
    fn a_long_mail_is_cut_between_characters() {
        assert_eq!(cut("aüb", 2), "a");
        assert_eq!(cut("aüb", 3), "aü");
        assert_eq!(cut("ab", 9), "ab");
        assert_eq!(trimmed(&"ü".repeat(40_000)).len(), 65_536);
    }

    #[test]
    fn a_subject_without_what_answering_adds() {
        for (subject_, kept) in [("Re: AW:  Fwd: VPN: drops", "VPN: drops"), ("RE : x", "x"), ("Regarding: x", "Regarding: x"), ("", ""), ("re:", "")]
        {
            assert_eq!(subject(subject_), kept);
        }
        for (subject_, found) in [
            ("[INC0000042] VPN", Some("INC0000042")),
            ("about inc0000042.", Some("INC0000042")),
            ("INC42", None),
            ("XINC0000042", None),
            ("INC00000421234567", None),
            ("INC000004a", None),
        ] {
            assert_eq!(number(subject_).as_deref(), found, "{subject_}");
        }
    }
}

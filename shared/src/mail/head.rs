//! The head of a message, line by line (RFC 5322, 2.2): for what a server wrote there, which needs no decoding.

/// Octets of a head that are looked at: what a server writes stands at its top.
const LIMIT: usize = 256 * 1024;
/// Addresses that are looked at.
const RECIPIENTS: usize = 100;

/// Names and values in their order, unfolded.
#[derive(Debug, Clone, Default)]
pub struct Head(Vec<(String, String)>);

impl Head {
    /// Of a message or of its head, as far as 256 KiB. A line that is none is left out.
    pub fn of(message: &[u8]) -> Self {
        let mut lines: Vec<(String, String)> = Vec::new();
        let message = &message[..message.len().min(LIMIT)];
        for line in message.split(|octet| *octet == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)) {
            if line.is_empty() {
                break;
            }
            let text = String::from_utf8_lossy(line);
            match (text.starts_with([' ', '\t']), lines.last_mut(), text.split_once(':')) {
                (true, Some((_, value)), _) => {
                    value.push(' ');
                    value.push_str(text.trim());
                }
                (false, _, Some((name, value))) => lines.push((name.trim().to_owned(), value.trim().to_owned())),
                _ => {}
            }
        }
        Self(lines)
    }

    /// All values of this name, from the top.
    pub fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.0.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The first value of this name.
    pub fn first<'a>(&'a self, name: &str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// The message's id, without its angle brackets.
    pub fn message_id(&self) -> Option<String> {
        ids(self.first("Message-ID")?).into_iter().next()
    }

    /// The addresses that it was delivered to or written to, the surest first, a hundred at most.
    pub fn recipients(&self) -> Vec<String> {
        ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc"]
            .into_iter()
            .flat_map(|name| self.all(name))
            .flat_map(addresses)
            .take(RECIPIENTS)
            .collect()
    }
}

/// What stands in angle brackets, of what may be an id and is not too long to be one.
pub fn ids(value: &str) -> Vec<String> {
    let texts = value.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(id, _)| id.trim());
    texts.filter(|id| !id.is_empty() && id.len() <= 500 && id.bytes().all(|octet| octet.is_ascii_graphic())).map(str::to_owned).collect()
}

/// What looks like an address, without names and comments.
fn addresses(value: &str) -> impl Iterator<Item = String> {
    let words = value.split([',', ';', ' ', '\t', '<', '>', '"', '(', ')']);
    words
        .filter(|word| word.len() <= 320 && !word.contains(char::is_control))
        .filter(|word| word.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty()))
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_unfolded_and_the_body_is_not_looked_at() {
        let head =
            Head::of(b"Received: a\r\n\tb\r\nTO: \"Desk, The\" <Desk@example.com>, x@y.z\r\nno header\r\nMessage-Id: <1@a>\r\n\r\nCc: z@z\r\n");
        assert_eq!(head.first("received"), Some("a b"));
        assert_eq!(head.recipients(), ["desk@example.com", "x@y.z"]);
        assert_eq!((head.message_id().as_deref(), head.first("Cc")), (Some("1@a"), None));
        assert_eq!(Head::of(b"\n\nTo: a@b").recipients(), Vec::<String>::new());
        assert_eq!(Head::of(b"To: de\0sk@a, b@c").recipients(), ["b@c"]);
        assert_eq!(Head::of(b" folded\nSubject: \xff").first("subject"), Some("\u{fffd}"));
    }

    /// A line that was copied for each one that follows it would take minutes.
    #[test]
    fn a_long_head_is_read_once_and_only_so_far() {
        let begun = std::time::Instant::now();
        let folded = format!("To: a@b\r\nX: x\r\n{}Cc: c@d\r\n\r\n", " y\r\n".repeat(50_000));
        let long = format!("X: x\r\n{}To: a@b\r\n\r\n", " y\r\n".repeat(7_000_000));
        let (folded, long) = (Head::of(folded.as_bytes()), Head::of(long.as_bytes()));
        assert_eq!((folded.first("X").map(str::len), folded.recipients()), (Some(100_001), vec!["a@b".to_owned(), "c@d".to_owned()]));
        assert_eq!((long.first("To"), long.first("X").map(|value| value.len() < LIMIT)), (None, Some(true)));
        assert!(begun.elapsed() < std::time::Duration::from_secs(2), "{:?}", begun.elapsed());
        let many: String = (0..1000).map(|n| format!("To: {n}@b\r\n")).collect();
        assert_eq!(Head::of(many.as_bytes()).recipients().len(), RECIPIENTS);
    }

    #[test]
    fn ids_stand_in_angle_brackets() {
        assert_eq!(ids("<a@b> (comment) <c@d>\t<e f> <> g@h <i"), ["a@b", "c@d"]);
        assert!(ids(&format!("<{}>", "x".repeat(501))).is_empty());
    }
}

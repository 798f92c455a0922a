//! Whether a server that we believe says that DMARC passed for the author's domain (RFC 8601, RFC 7489).
use shared::mail::head::Head;

/// Only the topmost result of that server counts: it puts its own above all that came with the message. It also takes away those that claim its
/// name, which a server of that kind must (RFC 8601, 5). Two results of DMARC contradict each other, and one that cannot be read says nothing.
pub(crate) fn passes(head: &Head, authserv_id: &str, author: &str) -> bool {
    let domain = author.rsplit_once('@').map_or("", |(_, domain)| domain);
    let is_ours = |tokens: &Vec<Token>| !authserv_id.is_empty() && tokens.first().is_some_and(|id| id.is(authserv_id));
    let Some(ours) = head.all("Authentication-Results").map(tokens).find(is_ours) else { return false };
    let mut results = ours.split(|token| *token == Token::End).skip(1).filter(|result| is_of_dmarc(result));
    match (results.next(), results.next()) {
        (Some(result), None) => !ours.contains(&Token::Broken) && passed(result, domain),
        _ => false,
    }
}

/// What a result is made of (RFC 8601, 2.2), without spaces and comments.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// What stood in quotation marks.
    Quoted(String),
    Equals,
    /// `;`, after which another result begins.
    End,
    /// A comment or a quoted string that does not end.
    Broken,
}

impl Token {
    fn is(&self, text: &str) -> bool {
        matches!(self, Self::Word(word) | Self::Quoted(word) if word.eq_ignore_ascii_case(text))
    }
}

/// `dmarc=`, or `dmarc/1=` with the version of the method.
fn is_of_dmarc(result: &[Token]) -> bool {
    let [Token::Word(method), Token::Equals, ..] = result else { return false };
    method.split('/').next().unwrap_or_default().eq_ignore_ascii_case("dmarc")
}

/// `dmarc=pass ... header.from=example.com`, which is said once.
fn passed(result: &[Token], domain: &str) -> bool {
    let [_, _, outcome, properties @ ..] = result else { return false };
    let mut from = properties.windows(3).filter(|of| matches!(of, [Token::Word(name), Token::Equals, _] if name.eq_ignore_ascii_case("header.from")));
    matches!(outcome, Token::Word(word) if word.eq_ignore_ascii_case("pass"))
        && matches!((from.next(), from.next()), (Some([_, _, of]), None) if of.is(domain))
}

/// From left to right, each letter once. A comment nests and may hold what looks like a result, and so may a quoted string; within both a backslash
/// takes its meaning from the next letter (RFC 5322, 3.2).
fn tokens(value: &str) -> Vec<Token> {
    let (mut tokens, mut word) = (Vec::new(), String::new());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        let token = match letter {
            '(' => (!skips_comment(&mut letters)).then_some(Token::Broken),
            '"' => Some(quoted(&mut letters).map_or(Token::Broken, Token::Quoted)),
            ';' => Some(Token::End),
            '=' => Some(Token::Equals),
            letter if letter.is_whitespace() => None,
            letter => {
                word.push(letter);
                continue;
            }
        };
        tokens.extend((!word.is_empty()).then(|| Token::Word(std::mem::take(&mut word))));
        tokens.extend(token);
    }
    tokens.extend((!word.is_empty()).then_some(Token::Word(word)));
    tokens
}

/// Past the end of the comment that has begun; false where it has none.
fn skips_comment(letters: &mut std::str::Chars<'_>) -> bool {
    let mut depth = 1_u32;
    while let Some(letter) = letters.next() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            '\\' => drop(letters.next()),
            _ => {}
        }
        if depth == 0 {
            return true;
        }
    }
    false
}

/// What the string holds that has begun; none where it has no end.
fn quoted(letters: &mut std::str::Chars<'_>) -> Option<String> {
    let mut text = String::new();
    loop {
        match letters.next()? {
            '"' => return Some(text),
            '\\' => text.push(letters.next()?),
            letter => text.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_believed(results: &[&str]) -> bool {
        let head: String = results.iter().map(|result| format!("Authentication-Results: {result}\r\n")).collect();
        passes(&Head::of(head.as_bytes()), "mx.desk.example", "ada@example.com")
    }

    #[test]
    fn only_a_pass_of_dmarc_for_the_domain_of_the_author() {
        assert!(is_believed(&["mx.desk.example; spf=pass smtp.mailfrom=example.com; dmarc=pass (p=reject) header.from=example.com"]));
        assert!(is_believed(&["MX.desk.example 1; dmarc=pass header.from=Example.COM"]));
        assert!(is_believed(&["mx.desk.example; dmarc/1 = pass (x) reason=\"a; (b\" header.from = \"example.com\"; dkim=pass header.b=abc/de=="]));
        assert!(is_believed(&[r#"mx.desk.example; spf=pass smtp.mailfrom="a\"(; dmarc=fail"@x.example; dmarc=pass header.from=example.com"#]));
        for not in [
            "mx.desk.example; dmarc=fail header.from=example.com",
            "mx.desk.example; dmarc=pass header.from=evil.example",
            "mx.desk.example; dmarc=pass",
            "mx.desk.example; spf=pass smtp.mailfrom=example.com",
            "mx.evil.example; dmarc=pass header.from=example.com",
            "mx.desk.example; none (; dmarc=pass header.from=example.com)",
            "mx.desk.example; spf=fail reason=\"dmarc=pass header.from=example.com\"",
            // Quoted strings and comments are what the sender may have had written there.
            "mx.desk.example; spf=pass smtp.mailfrom=\"x; dmarc=pass header.from=example.com \"@evil.example; dmarc=fail header.from=example.com",
            "mx.desk.example; spf=pass smtp.mailfrom=\"x; dmarc=pass header.from=example.com; y\"@evil.example",
            "mx.desk.example; spf=pass smtp.mailfrom=\"(\"@evil.example (\\); dmarc=pass header.from=example.com; \\()",
            "mx.desk.example; spf=pass reason=\"a \\\"; dmarc=pass header.from=example.com; b\"",
            "mx.desk.example; dmarc=fail reason=\"dmarc=pass\" header.from=example.com",
            "mx.desk.example; dmarc=pass reason=\"header.from=example.com\"",
            "mx.desk.example; dmarc=\"pass\" header.from=example.com",
            // Two that contradict each other, and what has no end.
            "mx.desk.example; dmarc=pass header.from=example.com; dmarc=fail header.from=example.com",
            "mx.desk.example; dmarc=pass header.from=example.com; dmarc=pass header.from=example.com",
            "mx.desk.example; dmarc=pass header.from=example.com header.from=evil.example",
            "mx.desk.example; dmarc=pass header.from=example.com (not closed",
            "mx.desk.example; dmarc=pass header.from=example.com; spf=pass smtp.mailfrom=\"x",
            "",
        ] {
            assert!(!is_believed(&[not]), "{not}");
        }
    }

    #[test]
    fn what_came_with_the_message_stands_below_what_our_server_says() {
        let (forged, ours) = ("mx.desk.example; dmarc=pass header.from=example.com", "mx.desk.example; dmarc=fail header.from=example.com");
        assert!(!is_believed(&[ours, forged]));
        assert!(!is_believed(&["mx.desk.example; spf=pass (", forged]), "one that cannot be read is not looked past");
        assert!(is_believed(&["mx.other.example; dmarc=fail header.from=example.com", forged]));
        assert!(!passes(&Head::of(format!("Authentication-Results: {forged}\r\n").as_bytes()), "", "ada@example.com"));
    }
}

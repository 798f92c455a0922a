//! Whether a server that we believe says that DMARC passed for the author's domain (RFC 8601, RFC 7489).
use shared::mail::head::Head;

/// Only the topmost result of that server counts: it puts its own above all that came with the message. It also takes away those that claim its
/// name, which a server of that kind must (RFC 8601, 5).
pub(crate) fn passes(head: &Head, authserv_id: &str, author: &str) -> bool {
    let domain = author.rsplit_once('@').map_or("", |(_, domain)| domain);
    let ours = head.all("Authentication-Results").map(without_comments).find(|result| {
        let id = result.split(';').next().unwrap_or_default().split_whitespace().next().unwrap_or_default();
        !authserv_id.is_empty() && id.eq_ignore_ascii_case(authserv_id)
    });
    ours.is_some_and(|result| result.split(';').skip(1).any(|method| passed(method, domain)))
}

/// `dmarc=pass ... header.from=example.com`
fn passed(method: &str, domain: &str) -> bool {
    let mut words = method.split_whitespace();
    let is_pass = words.next().is_some_and(|word| word.eq_ignore_ascii_case("dmarc=pass"));
    let from = words.find_map(|word| word.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case("header.from")));
    is_pass && from.is_some_and(|(_, of)| of.trim_matches('"').eq_ignore_ascii_case(domain))
}

/// Comments may hold what looks like a result. They nest; a quoted string is left as it is.
fn without_comments(value: &str) -> String {
    let mut depth = 0_u32;
    let kept = value.chars().filter(|letter| match letter {
        '(' => {
            depth += 1;
            false
        }
        ')' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    });
    kept.collect()
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
        for not in [
            "mx.desk.example; dmarc=fail header.from=example.com",
            "mx.desk.example; dmarc=pass header.from=evil.example",
            "mx.desk.example; dmarc=pass",
            "mx.desk.example; spf=pass smtp.mailfrom=example.com",
            "mx.evil.example; dmarc=pass header.from=example.com",
            "mx.desk.example; none (; dmarc=pass header.from=example.com)",
            "mx.desk.example; spf=fail reason=\"dmarc=pass header.from=example.com\"",
            "",
        ] {
            assert!(!is_believed(&[not]), "{not}");
        }
    }

    #[test]
    fn what_came_with_the_message_stands_below_what_our_server_says() {
        let (forged, ours) = ("mx.desk.example; dmarc=pass header.from=example.com", "mx.desk.example; dmarc=fail header.from=example.com");
        assert!(!is_believed(&[ours, forged]));
        assert!(is_believed(&["mx.other.example; dmarc=fail header.from=example.com", forged]));
        assert!(!passes(&Head::of(format!("Authentication-Results: {forged}\r\n").as_bytes()), "", "ada@example.com"));
    }
}

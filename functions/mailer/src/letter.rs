//! What a mail says: its line, its text and its HTML, from the templates of the recipient's language.
use std::sync::LazyLock;

use minijinja::{Environment, context};
use serde::{Deserialize, Serialize};
use shared::mail::{Mail, Outgoing, Token};
use uuid::Uuid;

/// What is to be told, as the statement reads it.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Letter {
    pub(crate) ticket_id: Uuid,
    pub(crate) user_id: Uuid,
    kind: String,
    message_id: String,
    name: String,
    email: String,
    locale: Option<String>,
    number: String,
    short_description: String,
    state: String,
    /// Who did it; none for the platform itself.
    actor: Option<String>,
    /// What was said, of an event that says something.
    comment: Option<String>,
    close_notes: Option<String>,
}

/// A language has a catalogue of sentences, `de.j2`; the two layouts are everybody's. The first one is for whoever has none of them.
const LANGUAGES: [(&str, &str); 2] = [("en", include_str!("../templates/en.j2")), ("de", include_str!("../templates/de.j2"))];
const TEXT: &str = include_str!("../templates/mail.txt.j2");
const HTML: &str = include_str!("../templates/mail.html.j2");

/// A template whose name ends with `.html` escapes what is put into it.
static TEMPLATES: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_trim_blocks(true);
    templates.set_lstrip_blocks(true);
    for (name, source) in LANGUAGES {
        templates.add_template(name, source)?;
    }
    templates.add_template("mail.txt", TEXT)?;
    templates.add_template("mail.html", HTML)?;
    Ok(templates)
});

/// The mail to send.
pub(crate) fn written(letter: &Letter, desk: &Mail, token: &Token) -> anyhow::Result<Outgoing> {
    let templates = TEMPLATES.as_ref().map_err(|error| anyhow::anyhow!("the templates: {error}"))?;
    let language = language(letter.locale.as_deref());
    let render = |name: &str| templates.get_template(name)?.render(context! { language, letter });
    Ok(Outgoing {
        to: (letter.name.clone(), letter.email.clone()),
        subject: format!("[{}] {}", letter.number, one_line(&letter.short_description)),
        text: render("mail.txt")?,
        html: render("mail.html")?,
        language: language.to_owned(),
        message_id: letter.message_id.clone(),
        thread: format!("{}@{}", letter.ticket_id, desk.domain()),
        reply_to: desk.reply_address(token),
    })
}

/// The first that is the recipient's, by its first part (BCP 47).
fn language(locale: Option<&str>) -> &'static str {
    let wanted = locale.and_then(|locale| locale.split('-').next()).unwrap_or_default();
    LANGUAGES.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map_or(LANGUAGES[0].0, |(name, _)| name)
}

/// A line break in a subject would be another header.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use shared::config::MailConfig;
    use shared::rules::notify::KINDS;

    use super::*;

    fn letter(kind: &str) -> Letter {
        Letter {
            ticket_id: Uuid::nil(),
            user_id: Uuid::nil(),
            kind: kind.to_owned(),
            message_id: "a.1.1@desk.example".into(),
            name: "Ada".into(),
            email: "ada@example.com".into(),
            locale: Some("de-AT".into()),
            number: "INC0000042".into(),
            short_description: "VPN <drops>\r\nBcc: x".into(),
            state: "resolved".into(),
            actor: Some("Bob <b>".into()),
            comment: Some("Try <script>alert(1)</script>\nagain & again".into()),
            close_notes: Some("Renewed.".into()),
        }
    }

    fn mail(letter: &Letter) -> Outgoing {
        let config = MailConfig { from: "Desk <desk@desk.example>".into(), ..MailConfig::default() };
        let desk = Mail::new(&config, [1; 32]).unwrap();
        written(letter, &desk, &Token { mail: Uuid::nil(), ticket: Uuid::nil(), user: Uuid::nil() }).unwrap()
    }

    #[test]
    fn every_kind_has_a_sentence_in_every_language() {
        for (locale, _) in LANGUAGES {
            for kind in KINDS {
                let kind = serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned();
                let text = mail(&Letter { locale: Some(locale.into()), ..letter(&kind) }).text;
                let is_nobodys_doing = ["warned", "breached"].contains(&kind.as_str());
                assert!(
                    (is_nobodys_doing || text.contains("Bob <b>")) && !text.contains("undefined") && text.contains("INC0000042"),
                    "{locale} {kind}: {text}"
                );
            }
        }
    }

    #[test]
    fn html_is_escaped_and_a_subject_is_one_line() {
        let mail = mail(&letter("commented"));
        assert_eq!(mail.subject, "[INC0000042] VPN <drops> Bcc: x");
        assert!(mail.html.contains("&lt;script&gt;") && !mail.html.contains("<script>"), "{}", mail.html);
        assert!(mail.html.contains("Bob &lt;b&gt;") && !mail.html.contains("<b>") && !mail.html.contains("&amp;lt;"), "{}", mail.html);
        assert!(mail.text.contains("<script>alert(1)</script>"), "{}", mail.text);
        assert_eq!((mail.language.as_str(), mail.thread.as_str()), ("de", "00000000-0000-0000-0000-000000000000@desk.example"));
    }

    #[test]
    fn an_unknown_language_is_the_first_one() {
        for locale in [None, Some("fr"), Some("xx-YY"), Some("")] {
            assert_eq!(language(locale), "en");
        }
        assert_eq!(language(Some("DE")), "de");
    }
}

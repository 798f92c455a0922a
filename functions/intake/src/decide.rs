//! What becomes of a message: pure. The order of the questions is that of `docs/MAIL.md`, and the first that has an answer ends it.
use serde::Deserialize;
use uuid::Uuid;

use crate::message::{Class, Message};

/// Messages that one author may send in an hour, and as many that only name them; more are set aside.
pub(crate) const CAP: i64 = 30;

/// What the desk knows of it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Known {
    /// Who has the author's address.
    pub(crate) sender: Option<Sender>,
    /// The mails of ours that the recipients' addresses name.
    pub(crate) mails: Vec<Answered>,
    /// The ticket that the ids lead to.
    pub(crate) by_reference: Option<Uuid>,
    /// Whether anything of ours that it answers told of a work note.
    pub(crate) is_note: bool,
    /// The ticket that the subject names.
    pub(crate) by_number: Option<Uuid>,
    /// All of those, as they are.
    pub(crate) tickets: Vec<Ticket>,
    /// How many messages came in this name within the hour of which nobody knows whether they were theirs.
    pub(crate) recent: i64,
    /// And how many were theirs.
    pub(crate) recent_verified: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Sender {
    pub(crate) id: Uuid,
    pub(crate) active: bool,
    /// An auditor reads.
    pub(crate) writes: bool,
    /// Whether they may write work notes.
    pub(crate) notes: bool,
}

/// A mail of ours.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Answered {
    pub(crate) mail: Uuid,
    pub(crate) ticket: Uuid,
    pub(crate) user: Uuid,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Ticket {
    /// As it was named.
    pub(crate) named: Uuid,
    /// Where it is by now: the ticket that it was merged into, or itself.
    pub(crate) id: Uuid,
    /// Neither closed nor canceled.
    pub(crate) open: bool,
    /// Whether the sender may see it.
    pub(crate) seen: bool,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Nothing.
    Ignore(&'static str),
    /// Nothing, and somebody should look at it.
    SetAside(&'static str),
    /// A work note that the platform writes; nobody is told where it is silent.
    Note { ticket: Uuid, why: &'static str, silent: bool },
    /// A comment of the sender's, public or a work note.
    Comment { ticket: Uuid, by: Uuid, note: bool },
    /// A new incident, of somebody known or of the author, who becomes known by it; linked to the one that is over.
    Raise { by: Option<Uuid>, follows: Option<Uuid> },
}

/// `is_signed` says whether an address among the recipients is the one that this mail asked to be answered at.
pub(crate) fn decide(message: &Message, known: &Known, is_signed: impl Fn(&Answered) -> bool, creates: bool) -> Decision {
    let token = known.mails.iter().find(|mail| is_signed(mail));
    let sender = known.sender.as_ref();
    let is_known = is_verified(message, known, &is_signed);
    let recent = if is_known { known.recent_verified } else { known.recent };
    let named = token.map(|token| token.ticket).or(known.by_reference);
    let named = named.or(known.by_number.filter(|number| is_known && known.tickets.iter().any(|ticket| ticket.named == *number && ticket.seen)));
    let ticket = named.and_then(|named| known.tickets.iter().find(|ticket| ticket.named == named));
    match message.class {
        Class::Own => Decision::Ignore("own"),
        _ if recent > CAP => Decision::SetAside("capped"),
        Class::Bounce => silent(ticket, "bounce").unwrap_or(Decision::Ignore("bounce")),
        Class::Automatic if ticket.is_some() => silent(ticket, "automatic").unwrap_or(Decision::Ignore("automatic")),
        _ if message.from.is_none() => Decision::SetAside("no_author"),
        Class::Automatic | Class::Personal => match (ticket, sender) {
            _ if !is_known => unverified(ticket),
            (_, Some(sender)) if !sender.active => Decision::SetAside("inactive_sender"),
            (Some(ticket), Some(sender)) if ticket.seen && sender.writes => answered(ticket, sender, known.is_note),
            (Some(ticket), _) => unverified(Some(ticket)),
            (None, Some(sender)) if sender.writes => Decision::Raise { by: Some(sender.id), follows: None },
            (None, Some(_)) => Decision::SetAside("auditor"),
            (None, None) if creates => Decision::Raise { by: None, follows: None },
            (None, None) => Decision::SetAside("unknown_sender"),
        },
    }
}

/// Whether the author is known to be whom the message names. A token says who was written to: whoever answers in another name has it from them, which
/// makes them nobody's.
pub(crate) fn is_verified(message: &Message, known: &Known, is_signed: impl Fn(&Answered) -> bool) -> bool {
    let token = known.mails.iter().find(|mail| is_signed(mail));
    message.is_authentic || token.is_some_and(|token| known.sender.as_ref().is_some_and(|sender| sender.id == token.user))
}

/// What a program says is noted where somebody finds it, and tells nobody: two programs that answer each other end here.
fn silent(ticket: Option<&Ticket>, why: &'static str) -> Option<Decision> {
    let ticket = ticket.filter(|ticket| ticket.open)?;
    Some(Decision::Note { ticket: ticket.id, why, silent: true })
}

/// Of whom nobody knows who it is: read by those who work on the ticket, and no more.
fn unverified(ticket: Option<&Ticket>) -> Decision {
    match ticket {
        Some(ticket) if ticket.open => Decision::Note { ticket: ticket.id, why: "unverified", silent: false },
        _ => Decision::SetAside("unverified"),
    }
}

/// What answers a work note is one: its recipients took the mail for what they may say among themselves.
fn answered(ticket: &Ticket, sender: &Sender, is_note: bool) -> Decision {
    if is_note && !sender.notes {
        unverified(Some(ticket))
    } else if ticket.open {
        Decision::Comment { ticket: ticket.id, by: sender.id, note: is_note }
    } else {
        Decision::Raise { by: Some(sender.id), follows: Some(ticket.id) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> [Uuid; 3] {
        [1, 2, 3].map(Uuid::from_u128)
    }

    fn message(class: Class, is_authentic: bool) -> Message {
        Message {
            class,
            from: Some(("Ada".into(), "ada@example.com".into())),
            is_authentic,
            recipients: Vec::new(),
            references: Vec::new(),
            subject: "x".into(),
            text: "x".into(),
            attachments: 0,
        }
    }

    /// A known sender who answers an open ticket that they see, by reference.
    fn known() -> Known {
        let [user, ticket, _] = ids();
        Known {
            sender: Some(Sender { id: user, active: true, writes: true, notes: false }),
            by_reference: Some(ticket),
            tickets: vec![Ticket { named: ticket, id: ticket, open: true, seen: true }],
            ..Known::default()
        }
    }

    fn decided(message: &Message, known: &Known) -> Decision {
        decide(message, known, |_| true, true)
    }

    #[test]
    fn who_is_known_comments_and_who_is_not_leaves_a_note() {
        let [user, ticket, _] = ids();
        assert_eq!(decided(&message(Class::Personal, true), &known()), Decision::Comment { ticket, by: user, note: false });
        let note = Decision::Note { ticket, why: "unverified", silent: false };
        assert_eq!(decided(&message(Class::Personal, false), &known()), note);
        assert_eq!(decided(&message(Class::Personal, true), &Known { sender: None, ..known() }), note);
        let unseen = Ticket { seen: false, ..known().tickets[0].clone() };
        assert_eq!(decided(&message(Class::Personal, true), &Known { tickets: vec![unseen], ..known() }), note);
        let reads = Sender { writes: false, ..known().sender.unwrap() };
        assert_eq!(decided(&message(Class::Personal, true), &Known { sender: Some(reads), ..known() }), note);
        let gone = Sender { active: false, ..known().sender.unwrap() };
        assert_eq!(decided(&message(Class::Personal, true), &Known { sender: Some(gone), ..known() }), Decision::SetAside("inactive_sender"));
    }

    #[test]
    fn a_token_is_its_recipients_alone() {
        let [user, ticket, other] = ids();
        let mail = Answered { mail: other, ticket, user };
        let answers = Known { by_reference: None, mails: vec![mail.clone()], ..known() };
        let personal = message(Class::Personal, false);
        assert_eq!(decided(&personal, &answers), Decision::Comment { ticket, by: user, note: false });
        // Not signed: as if it were not there.
        assert_eq!(decide(&personal, &answers, |_| false, true), Decision::SetAside("unverified"));
        let anothers = Known { mails: vec![Answered { user: other, ..mail }], ..answers };
        assert_eq!(decided(&personal, &anothers), Decision::Note { ticket, why: "unverified", silent: false });
    }

    #[test]
    fn a_number_counts_only_for_who_may_see_the_ticket() {
        let [user, ticket, _] = ids();
        let by_number = |seen| Known {
            by_reference: None,
            by_number: Some(ticket),
            tickets: vec![Ticket { named: ticket, id: ticket, open: true, seen }],
            ..known()
        };
        assert_eq!(decided(&message(Class::Personal, true), &by_number(true)), Decision::Comment { ticket, by: user, note: false });
        assert_eq!(decided(&message(Class::Personal, true), &by_number(false)), Decision::Raise { by: Some(user), follows: None });
        assert_eq!(decided(&message(Class::Personal, false), &by_number(true)), Decision::SetAside("unverified"));
    }

    #[test]
    fn what_is_over_is_followed_by_a_new_one_and_what_was_merged_is_where_it_is() {
        let [user, ticket, target] = ids();
        let at = |id, open| Known { tickets: vec![Ticket { named: ticket, id, open, seen: true }], ..known() };
        assert_eq!(decided(&message(Class::Personal, true), &at(ticket, false)), Decision::Raise { by: Some(user), follows: Some(ticket) });
        assert_eq!(decided(&message(Class::Personal, true), &at(target, true)), Decision::Comment { ticket: target, by: user, note: false });
        assert_eq!(decided(&message(Class::Personal, false), &at(ticket, false)), Decision::SetAside("unverified"));
    }

    #[test]
    fn programs_are_noted_silently() {
        let [_, ticket, _] = ids();
        for (class, why) in [(Class::Bounce, "bounce"), (Class::Automatic, "automatic")] {
            assert_eq!(decided(&message(class, true), &known()), Decision::Note { ticket, why, silent: true });
            let over = Known { tickets: vec![Ticket { open: false, ..known().tickets[0].clone() }], ..known() };
            assert_eq!(decided(&message(class, true), &over), Decision::Ignore(why));
        }
        assert_eq!(decided(&message(Class::Own, true), &known()), Decision::Ignore("own"));
        assert_eq!(decided(&message(Class::Bounce, true), &Known::default()), Decision::Ignore("bounce"));
        // One that begins something is a monitoring system's.
        let begins = Known { sender: known().sender, ..Known::default() };
        assert_eq!(decided(&message(Class::Automatic, true), &begins), Decision::Raise { by: Some(ids()[0]), follows: None });
    }

    #[test]
    fn an_authentic_stranger_becomes_known_or_waits() {
        let stranger = message(Class::Personal, true);
        assert_eq!(decide(&stranger, &Known::default(), |_| false, true), Decision::Raise { by: None, follows: None });
        assert_eq!(decide(&stranger, &Known::default(), |_| false, false), Decision::SetAside("unknown_sender"));
        assert_eq!(decided(&message(Class::Personal, false), &Known::default()), Decision::SetAside("unverified"));
        assert_eq!(decided(&Message { from: None, ..stranger }, &Known::default()), Decision::SetAside("no_author"));
    }

    #[test]
    fn what_only_names_somebody_does_not_use_up_what_they_may_send() {
        let [user, ticket, _] = ids();
        let (named, sent) = (Known { recent: CAP + 1, ..known() }, Known { recent_verified: CAP + 1, ..known() });
        assert_eq!(decided(&message(Class::Personal, true), &named), Decision::Comment { ticket, by: user, note: false });
        assert_eq!(decided(&message(Class::Personal, true), &sent), Decision::SetAside("capped"));
        assert_eq!(decided(&message(Class::Personal, false), &named), Decision::SetAside("capped"));
        assert_eq!(decided(&message(Class::Personal, false), &sent), Decision::Note { ticket, why: "unverified", silent: false });
        for class in [Class::Bounce, Class::Automatic] {
            assert_eq!(decided(&message(class, false), &named), Decision::SetAside("capped"));
        }
    }

    #[test]
    fn what_answers_a_work_note_is_one_or_nobodys() {
        let [user, ticket, _] = ids();
        let told = Known { is_note: true, ..known() };
        let unverified = Decision::Note { ticket, why: "unverified", silent: false };
        assert_eq!(decided(&message(Class::Personal, true), &told), unverified);
        let works = Sender { notes: true, ..known().sender.unwrap() };
        let works = Known { sender: Some(works), ..told };
        assert_eq!(decided(&message(Class::Personal, true), &works), Decision::Comment { ticket, by: user, note: true });
        assert_eq!(decided(&message(Class::Personal, false), &works), unverified);
    }
}

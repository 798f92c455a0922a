//! Passwords: argon2id with OWASP's parameters (19 MiB, two passes, one lane), two at once in a process, a few more in the queue.
use std::sync::{Arc, Mutex};

use anyhow::{Result, anyhow};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use shared::error::Error;
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};

/// Bytes that a password has at most.
pub const LONGEST: usize = 1024;
/// Characters that a new one has at least: NIST SP 800-63B-4, 3.1.1.2, where nothing but the password is asked for.
pub const SHORTEST: usize = 15;
/// A hash takes 19 MiB and a core for about 20 ms; more at once would only slow each other.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// At work and in the queue, which is so some 200 ms long: whoever finds it full comes again in a second.
static PLACES: Semaphore = Semaphore::const_new(2 + 16);
/// Compared with where there is no such user, so that known and unknown take the same time.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2R5$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A place in the queue.
#[derive(Debug)]
pub struct Place(#[allow(dead_code)] SemaphorePermit<'static>);

impl Place {
    /// 429 where there is none. Asked for before an attempt is counted: what was not looked at is no failure.
    pub fn take() -> Result<Self, Error> {
        PLACES.try_acquire().map(Self).map_err(|_| Error::TooManyRequests(1))
    }
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, None).unwrap_or_default())
}

/// A PHC string with a new salt.
pub fn hash(password: &str) -> Result<String> {
    argon2().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|error| anyhow!("hashing a password: {error}"))
}

/// [`hash`] in turn.
pub async fn hash_in(place: Place, password: String) -> Result<String, Error> {
    Ok(in_turn(place, move || hash(&password)).await??)
}

/// Whether the password is the one; takes as long where there is no hash to compare with.
pub async fn verify(place: Place, password: String, known: Option<String>) -> Result<bool, Error> {
    let work = move || {
        let hash = known.as_deref().unwrap_or(NOBODY);
        PasswordHash::new(hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok()) && known.is_some()
    };
    in_turn(place, work).await
}

/// What is wrong with a new password; length is all that is asked for (NIST SP 800-63B-4), and that it is not what everybody knows.
pub fn check(password: &str, email: &str) -> Result<(), &'static str> {
    let (lower, name) = (password.to_lowercase(), email.split('@').next().unwrap_or_default());
    if password.len() > LONGEST {
        Err("It has at most 1,024 bytes.")
    } else if password.chars().count() < SHORTEST {
        Err("It has at least 15 characters: several words are easier to keep than signs.")
    } else if lower == email.to_lowercase() || lower == name.to_lowercase() {
        Err("It is not the e-mail address.")
    } else {
        Ok(())
    }
}

async fn in_turn<T: Send + 'static>(place: Place, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let _turn = AT_ONCE.acquire().await.map_err(|error| Error::Internal(error.into()))?;
    let done = off_the_reactor(work).await.ok_or_else(|| Error::Internal(anyhow!("work on a password ended early")));
    drop(place);
    done
}

/// Runs work that computes on a thread of its own, where the platform has threads; else here and now.
async fn off_the_reactor<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (send, receive) = oneshot::channel();
    let slot = Arc::new(Mutex::new(Some((work, send))));
    let theirs = Arc::clone(&slot);
    let run = move || {
        let taken = theirs.lock().ok().and_then(|mut slot| slot.take());
        if let Some((work, send)) = taken {
            let _receiver_may_be_gone = send.send(work());
        }
    };
    if std::thread::Builder::new().name("password".into()).spawn(run).is_err() {
        let (work, _) = slot.lock().ok()?.take()?;
        return Some(work());
    }
    receive.await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_user_passes_and_the_queue_is_short() {
        let hash = hash_in(Place::take().unwrap(), "correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let passes = async |password: &str, hash: Option<&String>| verify(Place::take().unwrap(), password.into(), hash.cloned()).await.unwrap();
        assert!(passes("correct horse", Some(&hash)).await);
        assert!(!passes("battery staple", Some(&hash)).await);
        assert!(!passes("battery staple", None).await);

        let places: Vec<Place> = (0..18).map(|_| Place::take().unwrap()).collect();
        assert!(matches!(Place::take(), Err(Error::TooManyRequests(1))));
        drop(places);
        assert!(Place::take().is_ok());
    }

    #[test]
    fn nobodys_hash_costs_what_everybodys_does() {
        let (nobody, somebody) = (PasswordHash::new(NOBODY).unwrap(), hash("x").unwrap());
        let somebody = PasswordHash::new(&somebody).unwrap();
        assert_eq!((nobody.algorithm, nobody.version, &nobody.params), (somebody.algorithm, somebody.version, &somebody.params));
        let length = |hash: &PasswordHash| hash.hash.as_ref().map(argon2::password_hash::phc::Output::len);
        assert_eq!(length(&nobody), length(&somebody));
        assert!(argon2().verify_password(b"nobody", &nobody).is_err());
    }

    #[test]
    fn a_new_password_is_long_and_not_the_address() {
        assert!(check("correct horse battery", "ada@example.com").is_ok());
        assert!(check(&"ü".repeat(15), "ada@example.com").is_ok());
        for wrong in ["", "14 characters.", "Ada.Lovelace@Example.com", "ada.lovelace", &"x".repeat(1025)] {
            assert!(check(wrong, "ada.lovelace@example.com").is_err(), "{wrong}");
        }
    }
}

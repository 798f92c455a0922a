//! Passwords: argon2id with OWASP's parameters (19 MiB, two passes, one lane), two at once in a process.
use std::sync::{Arc, LazyLock, Mutex};

use anyhow::{Result, anyhow};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use shared::error::Error;
use tokio::sync::{Semaphore, oneshot};

/// A hash takes 19 MiB and a core for about 20 ms; more at once would only slow each other.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// Compared with where there is no such user, so that known and unknown take the same time.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody has this password").unwrap_or_default());

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, None).unwrap_or_default())
}

/// A PHC string with a new salt.
pub fn hash(password: &str) -> Result<String> {
    argon2().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|error| anyhow!("hashing a password: {error}"))
}

/// Whether the password is the one; takes as long where there is no hash to compare with.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, Error> {
    let _turn = AT_ONCE.acquire().await.map_err(|error| Error::Internal(error.into()))?;
    let work = move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        PasswordHash::new(&hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok()) && known
    };
    off_the_reactor(work).await.ok_or_else(|| Error::Internal(anyhow!("a password check ended early")))
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
    async fn only_the_right_password_of_a_known_user_passes() {
        let hash = hash("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!verify("battery staple".into(), Some(hash)).await.unwrap());
        assert!(!verify("nobody has this password".into(), None).await.unwrap());
    }
}

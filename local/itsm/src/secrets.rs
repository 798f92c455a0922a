//! Secrets of the local mode: made once, kept in the data folder readable by its owner alone. A variable in the environment wins.
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use shared::config::key;
use shared::token::Signer;

/// What one installation needs, base64url of 32 random bytes each.
#[derive(Debug, Serialize, Deserialize)]
pub struct Secrets {
    /// `SECRET_KEY`
    pub secret_key: String,
    /// `JWT_SIGNING_KEY`
    pub jwt_signing_key: String,
    /// `INTERNAL_TOKEN`
    pub internal_token: String,
    /// Public halves of the signing key before this one: tokens that it signed are good until they end.
    #[serde(default)]
    pub former_keys: Vec<String>,
}

impl Secrets {
    /// New ones.
    pub fn new() -> Result<Self> {
        Ok(Self { secret_key: random()?, jwt_signing_key: random()?, internal_token: random()?, former_keys: Vec::new() })
    }

    /// Those of the folder, made at the first call.
    pub fn in_folder(dir: &Path) -> Result<Self> {
        let path = dir.join(FILE);
        if let Ok(text) = fs::read_to_string(&path) {
            return serde_json::from_str(&text).with_context(|| format!("{} is damaged: delete it, everybody logs in again", path.display()));
        }
        let secrets = Self::new()?;
        secrets.write(dir)?;
        Ok(secrets)
    }

    /// Puts a new signing key in the place of the folder's; nobody is logged out.
    pub fn rotate(dir: &Path) -> Result<()> {
        let before = Self::in_folder(dir)?;
        let public = public_half(&before.jwt_signing_key)?;
        Self { jwt_signing_key: random()?, former_keys: vec![public], ..before }.write(dir)
    }

    fn write(&self, dir: &Path) -> Result<()> {
        fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
        let draft = dir.join(format!("{FILE}.new"));
        let _left_by_a_crash = fs::remove_file(&draft);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
        file.sync_all()?;
        Ok(fs::rename(&draft, dir.join(FILE))?)
    }
}

const FILE: &str = "secrets.json";

/// The public half of a signing key: what `JWT_KEYS` is made of.
pub fn public_half(signing_key: &str) -> Result<String> {
    Ok(Signer::new(&key("JWT_SIGNING_KEY", signing_key)?).public().to_owned())
}

fn random() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no randomness: {error}"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_signing_key_leaves_the_public_half_of_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let before = Secrets::in_folder(dir.path()).unwrap();
        Secrets::rotate(dir.path()).unwrap();
        let after = Secrets::in_folder(dir.path()).unwrap();
        assert_eq!((&after.secret_key, &after.internal_token), (&before.secret_key, &before.internal_token));
        assert_ne!(after.jwt_signing_key, before.jwt_signing_key);
        assert_eq!(after.former_keys, [public_half(&before.jwt_signing_key).unwrap()]);
        Secrets::rotate(dir.path()).unwrap();
        assert_eq!(Secrets::in_folder(dir.path()).unwrap().former_keys, [public_half(&after.jwt_signing_key).unwrap()]);
    }
}

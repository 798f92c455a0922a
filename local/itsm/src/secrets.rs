//! Secrets of the local mode: made once, kept in the data folder readable by its owner alone. A variable in the environment wins.
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// What one installation needs, base64url of 32 random bytes each.
#[derive(Debug, Serialize, Deserialize)]
pub struct Secrets {
    /// `SECRET_KEY`
    pub secret_key: String,
    /// `JWT_SIGNING_KEY`
    pub jwt_signing_key: String,
    /// `INTERNAL_TOKEN`
    pub internal_token: String,
}

impl Secrets {
    /// New ones.
    pub fn new() -> Result<Self> {
        Ok(Self { secret_key: random()?, jwt_signing_key: random()?, internal_token: random()? })
    }

    /// Those of the folder, made at the first call.
    pub fn in_folder(dir: &Path) -> Result<Self> {
        let path = dir.join("secrets.json");
        if let Ok(text) = fs::read_to_string(&path) {
            return serde_json::from_str(&text).with_context(|| format!("{} is damaged: delete it, everybody logs in again", path.display()));
        }
        let secrets = Self::new()?;
        fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
        let draft = dir.join("secrets.json.new");
        let _left_by_a_crash = fs::remove_file(&draft);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(serde_json::to_string_pretty(&secrets)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        Ok(secrets)
    }
}

fn random() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no randomness: {error}"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

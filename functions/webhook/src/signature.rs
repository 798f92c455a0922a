//! Signatures as Standard Webhooks 1.0 has them: HMAC-SHA256 over id, time and body, one for each secret that is good.
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The value of `webhook-signature`; none where a secret is not one of ours.
pub(crate) fn signatures<'a>(secrets: impl Iterator<Item = &'a str>, id: &str, timestamp: i64, body: &str) -> Option<String> {
    let signed = format!("{id}.{timestamp}.{body}");
    let signatures: Option<Vec<String>> = secrets.map(|secret| signature(secret, &signed)).collect();
    Some(signatures?.join(" "))
}

fn signature(secret: &str, signed: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(signed.as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const BODY: &str = r#"{"email":"test@example.com","username":"test_user"}"#;

    fn signed(secrets: &[&str]) -> Option<String> {
        signatures(secrets.iter().copied(), "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1_649_367_553, BODY)
    }

    #[test]
    fn the_published_example_verifies() {
        assert_eq!(signed(&[SECRET]).unwrap(), "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
    }

    #[test]
    fn each_secret_signs_and_what_is_none_does_not() {
        let both = signed(&["whsec_AAAA", SECRET]).unwrap();
        assert!(both.ends_with(" v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=") && both.starts_with("v1,"), "{both}");
        assert_eq!((signed(&["AAAA"]), signed(&["whsec_ä"])), (None, None));
    }
}

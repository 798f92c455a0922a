//! What binds a write: the versions that it may change, and the key under which it happens once.
use shared::conditional::IfMatch;
use shared::idempotency::IdempotencyKey;

/// The terms of one write, from its headers or from its place in a bulk.
pub(crate) struct Terms {
    /// `If-Match`
    pub(crate) if_match: IfMatch,
    /// `Idempotency-Key`
    pub(crate) key: IdempotencyKey,
    /// Hash of the request.
    pub(crate) digest: String,
}

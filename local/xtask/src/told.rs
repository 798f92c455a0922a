//! What a home is told that the suite runs in. Every test knows these secrets, so no desk has them.

/// Seed of the key that access tokens are signed with.
pub const SIGNING_KEY: [u8; 32] = [7; 32];
/// Signs cursors.
pub const SECRET_KEY: [u8; 32] = [9; 32];
/// Opens the internal routes.
pub const INTERNAL_TOKEN: &str = "test-internal-token";
/// Signs mail that comes in.
pub const INBOUND_SECRET: &str = "test-inbound-secret";
/// The desk's address.
pub const MAIL_FROM: &str = "The Desk <desk@desk.example>";
/// Whose Authentication-Results it believes.
pub const MAIL_AUTHSERV_ID: &str = "mx.desk.example";

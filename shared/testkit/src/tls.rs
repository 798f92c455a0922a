//! TLS as a client speaks it.
use std::sync::Arc;

pub use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::{ClientConfig, crypto::ring};

/// Trusts these alone.
pub fn client_config(roots: RootCertStore) -> ClientConfig {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    builder.expect("versions that ring has").with_root_certificates(roots).with_no_client_auth()
}

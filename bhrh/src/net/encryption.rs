//! What a method may know of its connection's encryption.

/// How a connection is encrypted: what [`Exchange::encryption`](crate::Exchange::encryption)
/// returns.
///
/// Feature `tls`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encryption {
    pub(super) version: &'static str,
    pub(super) cipher_suite: String,
    pub(super) server_name: Option<String>,
    pub(super) alpn: Option<String>,
    pub(super) client_chain: Vec<Vec<u8>>,
}

impl Encryption {
    /// The protocol's version, `TLSv1.3` or `TLSv1.2`. Python: `SSLSocket.version()`.
    #[must_use]
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// The cipher suite under its IANA name, such as `TLS_AES_128_GCM_SHA256`. Python:
    /// `SSLSocket.cipher()`.
    #[must_use]
    pub fn cipher_suite(&self) -> &str {
        &self.cipher_suite
    }

    /// The host that the client wants to talk to (Server Name Indication, RFC 6066 section 3), in
    /// lower case. `None` if the client named none: it names no IP address, for instance. A request
    /// may name another host in its `Host` field.
    #[must_use]
    pub fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// The protocol that was agreed on: `http/1.1`, or `None` if the client offered none (ALPN, RFC
    /// 7301). Python: `SSLSocket.selected_alpn_protocol()`.
    #[must_use]
    pub fn alpn(&self) -> Option<&str> {
        self.alpn.as_deref()
    }

    /// The client's certificates in DER, its own first. Each was verified against the authorities
    /// of [`Tls::ask_clients`](crate::Tls::ask_clients) or
    /// [`Tls::require_clients`](crate::Tls::require_clients). Empty if it sent none. A crate such
    /// as `x509-parser` reads the subject. Python: `SSLSocket.getpeercert(True)`.
    #[must_use]
    pub fn client_chain(&self) -> &[Vec<u8>] {
        &self.client_chain
    }
}

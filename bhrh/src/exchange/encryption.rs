//! How a request came encrypted.

use super::Exchange;

impl Exchange<'_> {
    /// How the connection that the request came by is encrypted, and who the client has proved to
    /// be. `None` if it is not.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| {
    ///     let Some(encryption) = http.encryption() else {
    ///         return http.send_error(403);
    ///     };
    ///     let certificates = encryption.client_chain().len();
    ///     let text = format!("{}, {certificates} certificates\n", encryption.version());
    ///     http.reply(200, "text/plain", text)
    /// });
    /// assert_eq!(bhrh::testing::get(&app, "/").status(), 403);
    /// ```
    ///
    /// Feature `tls`.
    #[must_use]
    pub fn encryption(&self) -> Option<crate::Encryption> {
        self.live.transport.encryption()
    }
}

//! The JSON call: everything that the library can do, in the same bytes in every language.

use minzheng::api;

use crate::engine::Engine;
use crate::error::MinzhengError;

#[uniffi::export]
impl Engine {
    /// Answers a JSON call: `{"ok": …}`, or `{"error": {"code", "message", "help", "path", "more"}}`.
    pub fn call(&self, request: &str) -> String {
        api::call_with(&self.inner, request)
    }

    /// The same over bytes, which are not copied on the way in. Kotlin hands over a direct `ByteBuffer`.
    ///
    /// Errors: `E-API-TEXT` where they are not UTF-8.
    pub fn call_bytes(&self, request: &[u8]) -> Result<Vec<u8>, MinzhengError> {
        let request = api::text_of("", request)?;
        Ok(api::call_with(&self.inner, request).into_bytes())
    }

    /// What a JSON call answers, out of its envelope; what is wrong with the call is an error as everywhere.
    ///
    /// Errors: `E-API-…` where it is no call, and what the call finds.
    pub fn ask(&self, request: &str) -> Result<String, MinzhengError> {
        Ok(api::ask(&self.inner, request)?)
    }
}

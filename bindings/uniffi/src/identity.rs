//! Numbers of documents, which are never shown.

use std::sync::Arc;

use minzheng::identity;

use crate::error::MinzhengError;
use crate::values::CalendarDate;

/// The identity number of a person (公民身份号码), checked. As text it is masked; it is never given back.
#[derive(Debug, uniffi::Object)]
#[uniffi::export(Debug, Display)]
pub struct ResidentNumber {
    pub(crate) inner: identity::ResidentNumber,
}

#[uniffi::export]
impl ResidentNumber {
    /// Reads 18 characters and holds them to the check character.
    ///
    /// Errors: `E-ID-LENGTH`, `E-ID-CHARACTER`, `E-ID-BIRTH`, `E-ID-CHECK`, `E-ID-SPREADSHEET`; none repeats the number.
    #[uniffi::constructor]
    pub fn parse(text: &str) -> Result<Arc<Self>, MinzhengError> {
        let inner = identity::ResidentNumber::parse(text).map_err(minzheng::Error::from)?;
        Ok(Arc::new(Self { inner }))
    }

    /// The day of birth that stands in the number.
    pub fn birth_date(&self) -> Result<CalendarDate, MinzhengError> {
        Ok(self.inner.birth_date())
    }

    /// The number with all but its first two and last two characters hidden.
    pub fn masked(&self) -> String {
        self.inner.to_string()
    }
}

impl std::fmt::Display for ResidentNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

/// The number of a disability card (残疾人证号), checked. As text it is masked; it is never given back.
#[derive(Debug, uniffi::Object)]
#[uniffi::export(Debug, Display)]
pub struct DisabilityCard {
    pub(crate) inner: identity::DisabilityCard,
}

#[uniffi::export]
impl DisabilityCard {
    /// Reads 20 to 22 characters.
    ///
    /// Errors: as of an identity number; `E-ID-DISABILITY-KIND`, `E-ID-DISABILITY-GRADE`.
    #[uniffi::constructor]
    pub fn parse(text: &str) -> Result<Arc<Self>, MinzhengError> {
        let inner = identity::DisabilityCard::parse(text).map_err(minzheng::Error::from)?;
        Ok(Arc::new(Self { inner }))
    }

    /// The number with most of its characters hidden.
    pub fn masked(&self) -> String {
        self.inner.to_string()
    }
}

impl std::fmt::Display for DisabilityCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

//! The law ready to decide.

use std::sync::Arc;

use minzheng::packs::BuiltIn;

use crate::error::MinzhengError;
use crate::packs::{BuiltInPack, PackFile, PackInfo, source_of};

/// The version of the library.
#[uniffi::export]
pub fn library_version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Packs of law, ready to decide. One engine serves many threads; making one reads all packs, so keep it.
#[derive(Debug, uniffi::Object)]
pub struct Engine {
    pub(crate) inner: minzheng::Engine,
}

#[uniffi::export]
impl Engine {
    /// The built-in packs: national law, Inner Mongolia, and the fictional banner of the examples.
    ///
    /// Errors: none that the library's own tests let through.
    #[uniffi::constructor]
    pub fn new() -> Result<Arc<Self>, MinzhengError> {
        let inner = minzheng::Engine::built_in().map_err(MinzhengError::pack)?;
        Ok(Arc::new(Self { inner }))
    }

    /// The built-in packs and one of your own above them.
    ///
    /// Errors: `E-PACK-…` and the like, each with file and line; `E-API-TEXT` where a file is not UTF-8.
    #[uniffi::constructor]
    pub fn load_pack(files: Vec<PackFile>) -> Result<Arc<Self>, MinzhengError> {
        Self::with_packs(BuiltInPack::all(), vec![files])
    }

    /// Some of the built-in packs, and more above them, lowest layer first.
    ///
    /// Errors: as of `load_pack`.
    #[uniffi::constructor]
    pub fn with_packs(
        built_in: Vec<BuiltInPack>,
        above: Vec<Vec<PackFile>>,
    ) -> Result<Arc<Self>, MinzhengError> {
        let built_in: Vec<BuiltIn> = built_in.into_iter().map(BuiltIn::from).collect();
        let above: Result<Vec<_>, _> = above.iter().map(|files| source_of(files)).collect();
        let inner = minzheng::Engine::with_packs(&built_in, &above?);
        Ok(Arc::new(Self {
            inner: inner.map_err(MinzhengError::pack)?,
        }))
    }

    /// The packs it decides by, lowest layer first.
    pub fn packs(&self) -> Result<Vec<PackInfo>, MinzhengError> {
        let packs = self.inner.packs().packs().iter();
        Ok(packs.map(PackInfo::from).collect())
    }
}

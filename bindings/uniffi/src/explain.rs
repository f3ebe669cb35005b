//! Why.

use std::sync::Arc;

use crate::engine::Engine;
use crate::error::MinzhengError;
use crate::household::Household;
use crate::values::Lang;

/// The reasons of an answer: every condition with its value, its figure and its article.
#[derive(Debug, uniffi::Object)]
pub struct Explanation {
    inner: minzheng::Explanation,
}

#[uniffi::export]
impl Explanation {
    /// As plain text.
    pub fn text(&self, lang: Lang) -> String {
        self.inner.render_text(lang.into())
    }

    /// As a page that stands alone.
    pub fn html(&self, lang: Lang) -> String {
        self.inner.render_html(lang.into())
    }

    /// As JSON, `minzheng/explanation/2`.
    pub fn json(&self) -> String {
        self.inner.to_json().to_string()
    }
}

#[uniffi::export]
impl Engine {
    /// Why the answer is what it is, for all programmes or for one.
    ///
    /// Errors: as of `assess`; `E-PROGRAMME-NAME` where there is no such programme.
    #[uniffi::method(default(programme = None))]
    pub fn explain(
        &self,
        household: Arc<Household>,
        programme: Option<String>,
    ) -> Result<Arc<Explanation>, MinzhengError> {
        let inner = self.inner.explain(&household.inner, programme.as_deref())?;
        Ok(Arc::new(Explanation { inner }))
    }
}

//! What the checker asks a vocabulary.

use super::types::{Row, Type};

/// What a name of an entity stands for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Named {
    Fact(usize, Type),
    Formula(usize, Type),
    Programme(usize),
    /// A link to a row of another entity.
    Link {
        index: usize,
        to: Row,
    },
    /// The collection of a child entity.
    Rows(Row),
}

/// A parameter as an expression sees it.
pub(crate) struct ParamShape {
    pub(crate) index: usize,
    pub(crate) ty: Type,
    pub(crate) keys: Vec<(String, Type)>,
}

/// The words an expression may use.
pub(crate) trait Names {
    fn entity(&self, id: &str) -> Option<Row>;
    fn entity_id(&self, row: Row) -> &str;
    fn parent(&self, row: Row) -> Option<Row>;
    fn lookup(&self, row: Row, name: &str) -> Option<Named>;
    fn amount_type(&self, programme: usize) -> Option<Type>;
    fn param(&self, id: &str) -> Option<ParamShape>;
    fn code(&self, list: usize, id: &str) -> Option<i64>;
    fn list_id(&self, list: usize) -> &str;
    fn rounding_list(&self) -> usize;
    fn words(&self, row: Row) -> Vec<&str>;
    fn param_words(&self) -> Vec<&str>;
    fn codes(&self, list: usize) -> Vec<&str>;
}

//! Two of a thing: before and after.

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Before,
    After,
}

impl When {
    /// The other side.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Before => Self::After,
            Self::After => Self::Before,
        }
    }
}

/// What both sides have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Two<T> {
    pub(super) before: T,
    pub(super) after: T,
}

impl<T> Two<T> {
    pub(super) const fn new(before: T, after: T) -> Self {
        Self { before, after }
    }

    pub(super) fn try_from<E>(mut make: impl FnMut(When) -> Result<T, E>) -> Result<Self, E> {
        Ok(Self {
            before: make(When::Before)?,
            after: make(When::After)?,
        })
    }

    pub(super) fn from(mut make: impl FnMut(When) -> T) -> Self {
        Self {
            before: make(When::Before),
            after: make(When::After),
        }
    }

    pub(super) const fn at(&self, when: When) -> &T {
        match when {
            When::Before => &self.before,
            When::After => &self.after,
        }
    }

    pub(super) const fn at_mut(&mut self, when: When) -> &mut T {
        match when {
            When::Before => &mut self.before,
            When::After => &mut self.after,
        }
    }

    /// Before, then after.
    pub(super) const fn each(&self) -> [&T; 2] {
        [&self.before, &self.after]
    }
}

impl<T: Copy> Two<Option<T>> {
    /// What stands after, or where nothing does, what stood before.
    pub(super) fn latest(self) -> Option<T> {
        self.after.or(self.before)
    }
}

//! Choices read from a list of numbers, so that a random thing shrinks with its list.

/// Choices, read one after the other; zero when the tape is at its end.
pub(crate) struct Tape<'a> {
    numbers: core::slice::Iter<'a, u32>,
}

impl<'a> Tape<'a> {
    pub(crate) fn new(numbers: &'a [u32]) -> Self {
        Self {
            numbers: numbers.iter(),
        }
    }

    /// A number below `many`.
    pub(crate) fn below(&mut self, many: usize) -> usize {
        let next = self.numbers.next().copied().unwrap_or(0);
        let next = usize::try_from(next).unwrap_or(0);
        next.checked_rem(many).unwrap_or(0)
    }

    /// One time in `many`.
    pub(crate) fn seldom(&mut self, many: usize) -> bool {
        self.below(many).saturating_add(1) == many
    }

    pub(crate) fn pick<'t, T>(&mut self, list: &'t [T]) -> Option<&'t T> {
        let at = self.below(list.len());
        list.get(at)
    }

    pub(crate) fn word(&mut self, list: &[&str]) -> String {
        self.pick(list)
            .map_or_else(String::new, |w| (*w).to_owned())
    }
}

//! The form of a text, character by character.

/// The form of a text: `9` a digit, `A` a capital letter, `a` a small one, `.` any character, `*` at the end anything or nothing;
/// a backslash takes the meaning of the character behind it away; every other character is itself.
///
/// ```
/// use minzheng::catalog::quality::Pattern;
/// let plate = Pattern::parse("蒙A.9999*").ok_or("no pattern")?;
/// assert!(plate.matches("蒙AB1234") && plate.matches("蒙A12345学"));
/// assert!(!plate.matches("蒙A123"));
/// assert_eq!((Pattern::parse(""), Pattern::parse("a*b")), (None, None));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern {
    text: String,
    atoms: Vec<Atom>,
    is_open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Atom {
    Digit,
    Capital,
    Small,
    Any,
    Just(char),
}

impl Atom {
    fn is(self, c: char) -> bool {
        match self {
            Self::Digit => c.is_ascii_digit(),
            Self::Capital => c.is_ascii_uppercase(),
            Self::Small => c.is_ascii_lowercase(),
            Self::Any => true,
            Self::Just(own) => own == c,
        }
    }
}

/// As many characters a pattern may have.
const LONGEST: usize = 200;

impl Pattern {
    /// Reads a pattern; none where it is empty, too long, or has a `*` before its end.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.chars().count() > LONGEST {
            return None;
        }
        let (mut atoms, mut is_open) = (Vec::new(), false);
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            if is_open {
                return None;
            }
            match c {
                '9' => atoms.push(Atom::Digit),
                'A' => atoms.push(Atom::Capital),
                'a' => atoms.push(Atom::Small),
                '.' => atoms.push(Atom::Any),
                '*' => is_open = true,
                '\\' => atoms.push(Atom::Just(chars.next()?)),
                other => atoms.push(Atom::Just(other)),
            }
        }
        Some(Self {
            text: text.to_owned(),
            atoms,
            is_open,
        })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a text has the form.
    pub fn matches(&self, text: &str) -> bool {
        let mut chars = text.chars();
        let fits = self
            .atoms
            .iter()
            .all(|atom| chars.next().is_some_and(|c| atom.is(c)));
        fits && (self.is_open || chars.next().is_none())
    }
}

//! SM3 (GB/T 32905-2016), the national digest: of papers, of entries of the audit trail, and with a key of persons.

use core::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sm3::Digest as _;

/// Bytes that SM3 takes at a time.
const BLOCK: usize = 64;

/// An SM3 digest: 32 bytes, written as 64 small hexadecimal digits.
///
/// ```
/// use minzheng::digest::Sm3;
///
/// let digest = Sm3::of(b"abc");
/// assert_eq!(digest.to_string(), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
/// assert_eq!(digest.to_string().parse(), Ok(digest));
/// assert!("66C7".parse::<Sm3>().is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sm3([u8; 32]);

impl Sm3 {
    /// Thirty-two zero bytes: what stands before the first entry of a chain.
    pub const ZERO: Self = Self([0; 32]);

    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sm3::Sm3::digest(bytes).into())
    }

    /// The digest of some bytes under a key: HMAC (RFC 2104) with SM3.
    ///
    /// A person is named by this and never by a plain digest: there are so few identity numbers that all of them can be
    /// digested and looked up.
    ///
    /// ```
    /// use minzheng::digest::Sm3;
    ///
    /// let subject = Sm3::keyed(b"key", b"abc");
    /// assert_eq!(subject.to_string(), "28e63256e7c5a087b1f073265dc53092163f7b82729735d06f28f10af9d52393");
    /// assert_ne!(subject, Sm3::keyed(b"another", b"abc"));
    /// ```
    pub fn keyed(key: &[u8], bytes: &[u8]) -> Self {
        let short;
        let key = if key.len() > BLOCK {
            short = Self::of(key).0;
            short.as_slice()
        } else {
            key
        };
        let mut padded = [0_u8; BLOCK];
        for (to, from) in padded.iter_mut().zip(key) {
            *to = *from;
        }
        let inner = sm3::Sm3::new()
            .chain_update(padded.map(|byte| byte ^ 0x36))
            .chain_update(bytes)
            .finalize();
        let outer = sm3::Sm3::new()
            .chain_update(padded.map(|byte| byte ^ 0x5c))
            .chain_update(inner)
            .finalize();
        Self(outer.into())
    }
}

impl fmt::Display for Sm3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sm3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text is no SM3 digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 hexadecimal digits, small letters")]
pub struct NoDigest;

impl FromStr for Sm3 {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte.wrapping_sub(b'0')),
            b'a'..=b'f' => Some(byte.wrapping_sub(b'a').wrapping_add(10)),
            _ => None,
        };
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != 32 || !rest.is_empty() {
            return Err(NoDigest);
        }
        let mut out = [0_u8; 32];
        for (to, [high, low]) in out.iter_mut().zip(pairs) {
            let (high, low) = (digit(*high).ok_or(NoDigest)?, digit(*low).ok_or(NoDigest)?);
            *to = (high << 4) | low;
        }
        Ok(Self(out))
    }
}

impl Serialize for Sm3 {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sm3 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the standard's annex.
    #[test]
    fn the_examples_of_the_standard_hold() {
        assert_eq!(
            Sm3::of(&b"abcd".repeat(16)).to_string(),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        );
    }

    #[test]
    fn a_long_key_is_digested_first() {
        let key = [7_u8; 65];
        assert_eq!(
            Sm3::keyed(&key, b"abc"),
            Sm3::keyed(&Sm3::of(&key).0, b"abc")
        );
    }
}

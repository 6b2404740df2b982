//! Whether a type is read from a JSON object only.
//!
//! serde's structs take an array, too, with a value for each field in order. No client means that,
//! and JSON Schemas of structs do not allow it. So content that is an array is refused for them.

use std::fmt;

use serde_core::de::{self, DeserializeOwned, Deserializer, Unexpected, Visitor};
use serde_core::forward_to_deserialize_any;

/// Whether the outermost type is a struct with named fields. `Err` is what is wrong with an array.
pub(super) fn refuse_array<T: DeserializeOwned>() -> Result<(), String> {
    match T::deserialize(Probe) {
        Err(Found::Struct(explanation)) => Err(explanation),
        _ => Ok(()),
    }
}

/// Asks a type what it wants to be read from, and gives it nothing.
struct Probe;

#[derive(Debug)]
enum Found {
    Struct(String),
    Other,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a probe")
    }
}

impl std::error::Error for Found {}

impl de::Error for Found {
    fn custom<T: fmt::Display>(_: T) -> Found {
        Found::Other
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Found {
        Found::Struct(format!("invalid type: {unexpected}, expected {expected}"))
    }
}

impl<'de> Deserializer<'de> for Probe {
    type Error = Found;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Found> {
        Err(Found::Other)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Found> {
        Err(de::Error::invalid_type(Unexpected::Seq, &visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Found> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Found> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

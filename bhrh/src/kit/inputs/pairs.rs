//! Names and values to a value of any type, by serde: the fields of a struct are the names.
//!
//! `application/x-www-form-urlencoded` has texts only, so each text becomes what the type asks for:
//! a number, a flag, a variant of an enum. A sequence takes all values of a name.

use std::borrow::Cow;
use std::fmt;

use serde_core::de::value::StrDeserializer;
use serde_core::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, Visitor,
};
use serde_core::forward_to_deserialize_any;

use crate::error::Error;
use crate::grammar::latin1_bytes;

/// How many fields are read. Each takes more memory than the two bytes that it needs on the wire.
/// PHP and Django have the same bound.
const MOST_FIELDS: usize = 1000;

/// The fields of a form as a value.
///
/// # Errors
///
/// 422 if they do not fit the type, 413 if they are more than [`MOST_FIELDS`].
pub(crate) fn of_form<'p, T: DeserializeOwned>(
    pairs: impl Iterator<Item = (Cow<'p, str>, Cow<'p, str>)>,
) -> Result<T, Error> {
    // A browser sends the fields that were left empty, too.
    let pairs = Pairs::of(pairs, true)?;
    T::deserialize(pairs).map_err(|fault| {
        let (what, name, explain) = (fault.what, fault.field.unwrap_or_default(), fault.explain);
        let message = match what {
            What::Missing => format!("Missing field {name:?}"),
            What::Bad if name.is_empty() => "Bad form".to_owned(),
            What::Bad => format!("Bad value in field {name:?}"),
        };
        Error::status((422, message, explain))
    })
}

/// The parameters of a query as a value.
///
/// # Errors
///
/// 400 if they do not fit the type, or are more than [`MOST_FIELDS`].
pub(crate) fn of_query<T: DeserializeOwned>(query: &str) -> Result<T, Error> {
    let bytes = latin1_bytes(query);
    let pairs = Pairs::of(form_urlencoded::parse(&bytes), false)
        .map_err(|_| Error::status((400, "Too many query parameters")))?;
    T::deserialize(pairs).map_err(|fault| {
        let (what, name, explain) = (fault.what, fault.field.unwrap_or_default(), fault.explain);
        let message = match what {
            What::Missing => format!("Missing query parameter {name}"),
            What::Bad if name.is_empty() => "Bad query".to_owned(),
            What::Bad => format!("Bad query parameter {name}"),
        };
        Error::status((400, message, explain))
    })
}

/// Why the fields do not fit a type.
#[derive(Debug)]
struct Fault {
    what: What,
    field: Option<String>,
    explain: String,
}

#[derive(Debug)]
enum What {
    Missing,
    Bad,
}

impl Fault {
    fn in_field(mut self, name: &str) -> Fault {
        self.field.get_or_insert_with(|| name.to_owned());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.explain)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(explain: T) -> Fault {
        Fault { what: What::Bad, field: None, explain: explain.to_string() }
    }

    fn missing_field(field: &'static str) -> Fault {
        let explain = format!("{field} has to be given.");
        Fault { what: What::Missing, field: Some(field.to_owned()), explain }
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Fault {
        let explain = format!("There is no such field; there are: {}.", expected.join(", "));
        Fault { what: What::Bad, field: Some(field.to_owned()), explain }
    }
}

/// Names and values, those of one name side by side.
struct Pairs<'p> {
    pairs: Vec<(Cow<'p, str>, Cow<'p, str>)>,
    /// Where the values of the next name begin.
    next: usize,
    /// Where the values begin whose name has been read.
    current: usize,
    empty_is_none: bool,
}

impl<'p> Pairs<'p> {
    fn of(
        all: impl Iterator<Item = (Cow<'p, str>, Cow<'p, str>)>,
        empty_is_none: bool,
    ) -> Result<Pairs<'p>, Error> {
        let mut pairs: Vec<_> = all.take(MOST_FIELDS + 1).collect();
        if pairs.len() > MOST_FIELDS {
            let explanation = format!("A form has at most {MOST_FIELDS} fields here.");
            return Err(Error::status((413, "Too many fields", explanation)));
        }
        // Values of one name keep their order.
        pairs.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(Pairs { pairs, next: 0, current: 0, empty_is_none })
    }
}

impl<'de> Deserializer<'de> for Pairs<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_map(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for Pairs<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some((name, _)) = self.pairs.get(self.next) else { return Ok(None) };
        self.current = self.next;
        let same = self.pairs[self.current..].iter().take_while(|pair| pair.0 == *name);
        self.next += same.count();
        let key: StrDeserializer<'_, Fault> = (**name).into_deserializer();
        seed.deserialize(key).map(Some).map_err(|fault| fault.in_field(name))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let values = &self.pairs[self.current..self.next];
        let name = &values[0].0;
        let values = Values { values, empty_is_none: self.empty_is_none };
        seed.deserialize(values).map_err(|fault| fault.in_field(name))
    }
}

/// The values of one name.
struct Values<'v> {
    values: &'v [(Cow<'v, str>, Cow<'v, str>)],
    empty_is_none: bool,
}

impl<'v> Values<'v> {
    fn single(&self) -> Result<&'v str, Fault> {
        match self.values {
            [(_, value)] => Ok(value),
            _ => Err(Fault::custom("It can be given once only.")),
        }
    }
}

/// The methods for types that are parsed from a text.
macro_rules! parsed {
    ($($method:ident $visit:ident $type:ty;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            let text = self.single()?;
            match text.parse::<$type>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(Fault::invalid_value(Unexpected::Str(text), &visitor)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Values<'_> {
    type Error = Fault;

    parsed! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_i128 visit_i128 i128;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_u128 visit_u128 u128;
        deserialize_f32 visit_f32 f32;
        deserialize_f64 visit_f64 f64;
        deserialize_char visit_char char;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_str(self.single()?)
    }

    /// A check box sends `on`, and nothing if it is not checked.
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.single()? {
            "" | "true" | "1" | "on" | "yes" => visitor.visit_bool(true),
            "false" | "0" | "off" | "no" => visitor.visit_bool(false),
            other => Err(Fault::invalid_value(Unexpected::Str(other), &visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let is_empty = self.values.iter().all(|(_, value)| value.is_empty());
        match self.empty_is_none && is_empty {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_seq(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_seq(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let variant: StrDeserializer<'_, Fault> = self.single()?.into_deserializer();
        visitor.visit_enum(variant)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        str string bytes byte_buf unit unit_struct tuple_struct map struct identifier
    }
}

impl<'de> SeqAccess<'de> for Values<'_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        let Some((first, rest)) = self.values.split_first() else { return Ok(None) };
        self.values = rest;
        let one = Values { values: std::slice::from_ref(first), ..*self };
        seed.deserialize(one).map(Some)
    }
}

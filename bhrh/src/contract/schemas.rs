//! The schemas of types, by the crate schemars.
//!
//! A type may look different as it is read and as it is written: a field with a default need not
//! come, but is always sent. So there is a generator for each direction. A type that looks the same
//! in both has one schema in the document.

use std::collections::BTreeSet;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

const TAKEN: &str = "#/components/schemas/";
const GIVEN: &str = "#/components/given/";

#[derive(Debug)]
pub(crate) struct Schemas {
    /// Of what requests bring.
    pub(super) taken: SchemaGenerator,
    /// Of what is answered.
    pub(super) given: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Schemas {
        let generator = |settings: SchemaSettings, path: &str| {
            let path = path.trim_matches(['#']).trim_end_matches('/').to_owned().into();
            let with = |settings: &mut SchemaSettings| {
                settings.definitions_path = path;
                settings.meta_schema = None;
            };
            settings.with(with).into_generator()
        };
        let settings = SchemaSettings::draft2020_12;
        Schemas {
            taken: generator(settings().for_deserialize(), TAKEN),
            given: generator(settings().for_serialize(), GIVEN),
        }
    }

    /// The named schemas. References to them in `paths` become those of the document.
    pub(super) fn finish(mut self, paths: &mut Value) -> Map<String, Value> {
        let mut all = self.taken.take_definitions(true);
        let mut given = self.given.take_definitions(true);
        let other = unlike(&all, &given);
        let name = |old: &str| match other.contains(old) {
            true => format!("{old}Answer"),
            false => old.to_owned(),
        };
        let rename =
            |reference: &str| Some(format!("{TAKEN}{}", name(reference.strip_prefix(GIVEN)?)));
        for schema in given.values_mut() {
            refer(schema, &rename);
        }
        refer(paths, &rename);
        all.extend(given.into_iter().map(|(old, schema)| (name(&old), schema)));
        all.values_mut().for_each(bound);
        bound(paths);
        all
    }
}

/// The names of types that look different in the two directions, or contain such a type.
fn unlike(taken: &Map<String, Value>, given: &Map<String, Value>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    loop {
        let differs = |(name, schema): &(&String, &Value)| {
            let Some(other) = taken.get(*name) else { return false };
            let mut schema = (*schema).clone();
            refer(&mut schema, &|reference| {
                let name = reference.strip_prefix(GIVEN)?;
                Some(match found.contains(name) {
                    true => reference.to_owned(),
                    false => format!("{TAKEN}{name}"),
                })
            });
            schema != *other
        };
        let now: BTreeSet<String> =
            given.iter().filter(differs).map(|(name, _)| name.clone()).collect();
        if now == found {
            return found;
        }
        found = now;
    }
}

/// Changes references.
fn refer(value: &mut Value, change: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if key == "$ref" => {
                        if let Some(changed) = change(text) {
                            *text = changed;
                        }
                    }
                    value => refer(value, change),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| refer(value, change)),
        _ => {}
    }
}

/// Writes down the bounds of integers, which schemars leaves to the word `format`.
fn bound(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(bound);
            let bounds: Option<[Value; 2]> = match map.get("format").and_then(Value::as_str) {
                Some("int32") => Some([i32::MIN.into(), i32::MAX.into()]),
                Some("int64" | "int") => Some([i64::MIN.into(), i64::MAX.into()]),
                Some("uint32") => Some([0.into(), u32::MAX.into()]),
                Some("uint64" | "uint") => Some([0.into(), u64::MAX.into()]),
                _ => None,
            };
            if let Some([least, most]) = bounds {
                map.entry("minimum").or_insert(least);
                map.entry("maximum").or_insert(most);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(bound),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            _ => panic!("not an object"),
        }
    }

    #[test]
    fn a_type_is_unlike_if_its_parts_are() {
        let taken = map(json!({
            "Inner": {"required": []},
            "Outer": {"properties": {"inner": {"$ref": "#/components/schemas/Inner"}}},
            "Same": {"type": "string"},
        }));
        let given = map(json!({
            "Inner": {"required": ["a"]},
            "Outer": {"properties": {"inner": {"$ref": "#/components/given/Inner"}}},
            "Same": {"type": "string"},
            "Only": {"type": "string"},
        }));
        assert_eq!(unlike(&taken, &given), ["Inner".to_owned(), "Outer".to_owned()].into());
    }

    #[test]
    fn integers_have_bounds() {
        let mut value = json!({"a": [{"format": "uint32", "minimum": 1}, {"format": "date"}]});
        bound(&mut value);
        let whole = json!({"format": "uint32", "minimum": 1, "maximum": 4_294_967_295_u32});
        assert_eq!(value, json!({"a": [whole, {"format": "date"}]}));
    }
}

//! Types of arguments that other frameworks read the request by, such as `Json<T>`, where bhrh has
//! an attribute.

use syn::{Pat, PatType};

use crate::syntax::as_written::{only_argument, shown};

/// What to write for an argument such as `item: Json<Item>` or `Json(item): Json<Item>`.
pub(super) fn instead(parameter: &PatType) -> Option<String> {
    let known = [("Json", "json"), ("Form", "form"), ("Query", "query(struct)")];
    let (attribute, ty) = known
        .into_iter()
        .find_map(|(name, attribute)| Some((attribute, only_argument(&parameter.ty, name)?)))?;
    let name = match &*parameter.pat {
        Pat::TupleStruct(pat) => pat.elems.first().filter(|_| pat.elems.len() == 1)?,
        pat => pat,
    };
    let Pat::Ident(name) = name else { return None };
    Some(format!("write `#[{attribute}] {}: {}`", name.ident, shown(ty)))
}

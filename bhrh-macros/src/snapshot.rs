//! What a small handler expands to, next to this file for a reader to see.

use std::path::Path;

/// Run with `UPDATE_SNAPSHOT=1` to write the file anew.
#[test]
fn expansion() {
    let arguments = quote::quote! {
        server_version = "Shop/1.0", protocol_version = self.protocol, responses = &self.responses
    };
    let source = include_str!("../snapshot/handler.rs");
    let item = source.parse().expect("the handler is Rust");
    let file = syn::parse2(crate::handler(arguments, item)).expect("the expansion is Rust");
    let expanded = prettyplease::unparse(&file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshot/handler.expanded.rs");
    if std::env::var_os("UPDATE_SNAPSHOT").is_some() {
        std::fs::write(&path, &expanded).expect("the snapshot can be written");
    }
    let snapshot = std::fs::read_to_string(&path).expect("the snapshot can be read");
    assert_eq!(expanded, snapshot);
}

//! What small handlers expand to, next to this file for a reader to see.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

/// Run with `UPDATE_SNAPSHOT=1` to write the files anew.
#[test]
fn expansion() {
    let arguments = quote! {
        server_version = "Shop/1.0", protocol_version = self.protocol, responses = &self.responses
    };
    compare("handler", arguments, include_str!("../snapshot/handler.rs"));
}

#[test]
fn expansion_of_routes() {
    let arguments = quote!(mount("/api" = self.api));
    compare("routes", arguments, include_str!("../snapshot/routes.rs"));
}

#[test]
fn expansion_of_signatures() {
    let arguments = quote!(prefix = "/api", before(self.counted));
    compare("signatures", arguments, include_str!("../snapshot/signatures.rs"));
}

#[test]
fn expansion_of_openapi() {
    let arguments = quote! {
        openapi(title = "Shop", document = "/openapi.json", problems, security(self.user = Security::bearer())),
        mount("/tea" = self.tea)
    };
    compare("openapi", arguments, include_str!("../snapshot/openapi.rs"));
}

#[test]
fn expansion_of_a_wrapper() {
    let arguments = quote!(wraps = self.0, server_version = "Shop/1.0");
    compare("wrapper", arguments, include_str!("../snapshot/wrapper.rs"));
}

fn compare(name: &str, arguments: TokenStream, source: &str) {
    let item = source.parse().expect("the handler is Rust");
    let file = syn::parse2(crate::handler(arguments, item)).expect("the expansion is Rust");
    let expanded = prettyplease::unparse(&file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("snapshot/{name}.expanded.rs"));
    if std::env::var_os("UPDATE_SNAPSHOT").is_some() {
        std::fs::write(&path, &expanded).expect("the snapshot can be written");
    }
    let snapshot = std::fs::read_to_string(&path).expect("the snapshot can be read");
    assert_eq!(expanded, snapshot);
}

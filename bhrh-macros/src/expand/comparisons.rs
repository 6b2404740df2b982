//! Turns the tree of patterns into the comparisons that find a request's route.
//!
//! Each node asks, in this order: does the path end here, does a known text follow, does any
//! segment follow, does any rest follow. So the more specific pattern is tried first. If nothing
//! below one answer fits, the next one is tried. Each node is visited at most once, and nothing is
//! allocated.
//!
//! `__r0`, `__r1`, … hold the part of the path that has not been compared yet, `__s0`, `__s1`, …
//! the segments that parameters have captured.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::route_tree::Node;
use crate::syntax::runtime_paths::{self, Paths};

/// Writes the code for the routes (by number) that end at a node.
pub(super) type Leaf<'l> = &'l dyn Fn(&[usize]) -> TokenStream;

/// The local that holds the path when the comparisons begin.
pub(super) fn path_local() -> Ident {
    rest_local(0)
}

/// The local that holds a captured segment.
pub(super) fn capture_local(index: usize) -> Ident {
    format_ident!("__s{index}", span = Span::call_site())
}

fn rest_local(index: usize) -> Ident {
    format_ident!("__r{index}", span = Span::call_site())
}

/// The comparisons below a node. They are nested in `depth` others, which have captured `captures`
/// segments.
pub(super) fn comparisons(
    node: &Node,
    depth: usize,
    captures: usize,
    paths: &Paths,
    leaf: Leaf<'_>,
) -> TokenStream {
    let (left, after) = (rest_local(depth), rest_local(depth + 1));
    let capture = capture_local(captures);
    let some = runtime_paths::some();
    let end = (!node.ends.is_empty()).then(|| {
        let leaf = leaf(&node.ends);
        quote!(if #left.is_empty() { #leaf })
    });
    let texts = texts(node, depth, captures, paths, leaf);
    let one = node.one.as_ref().map(|below| {
        let segment = paths.decoded_path(quote!(segment));
        let below = comparisons(below, depth + 1, captures + 1, paths, leaf);
        quote!(if let #some((#capture, #after)) = #segment(#left) { #below })
    });
    let rest = (!node.rests.is_empty()).then(|| {
        let rest = paths.decoded_path(quote!(rest));
        let leaf = leaf(&node.rests);
        quote!(if let #some(#capture) = #rest(#left) { #leaf })
    });
    quote!(#end #texts #one #rest)
}

/// The comparisons with texts that may follow. If there are several, a match over the first byte
/// selects one.
fn texts(
    node: &Node,
    depth: usize,
    captures: usize,
    paths: &Paths,
    leaf: Leaf<'_>,
) -> Option<TokenStream> {
    let (left, after) = (rest_local(depth), rest_local(depth + 1));
    let some = runtime_paths::some();
    let comparison = |(text, below): &(String, Node)| {
        let below = comparisons(below, depth + 1, captures, paths, leaf);
        quote!(if let #some(#after) = #left.strip_prefix(#text) { #below })
    };
    if let [only] = &node.texts[..] {
        return Some(comparison(only));
    }
    let mut firsts: Vec<u8> = Vec::new();
    for byte in node.texts.iter().map(|(text, _)| text.as_bytes()[0]) {
        if !firsts.contains(&byte) {
            firsts.push(byte);
        }
    }
    let arms = firsts.iter().map(|first| {
        let byte = Literal::byte_character(*first);
        let same = node.texts.iter().filter(|(text, _)| text.as_bytes()[0] == *first);
        let comparisons = same.map(comparison);
        quote!([#byte, ..] => { #(#comparisons)* })
    });
    (!firsts.is_empty()).then(|| quote!(match #left.as_bytes() { #(#arms)* _ => {} }))
}

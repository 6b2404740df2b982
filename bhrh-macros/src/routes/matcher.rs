//! The tree of patterns to the comparisons that find a request's route.
//!
//! At each node: does the path end here; which text follows; else any segment; else all that is
//! left. What fits better is tried first, and what was tried in vain falls through to the next, so
//! each node is looked at once at most, and nothing is allocated. `__r0`, `__r1`, … are what is
//! left of the path, `__s0`, `__s1`, … the segments that parameters took.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use super::tree::Node;
use crate::paths::{self, Paths};

/// Writes what is done where routes end; the captures are `__s0`, `__s1`, ….
pub(crate) type Leaf<'l> = &'l dyn Fn(&[usize]) -> TokenStream;

/// What the path is in when the comparisons begin.
pub(crate) fn path_local() -> Ident {
    rest_local(0)
}

/// The local that holds a captured segment.
pub(crate) fn capture_local(index: usize) -> Ident {
    format_ident!("__s{index}", span = Span::call_site())
}

fn rest_local(index: usize) -> Ident {
    format_ident!("__r{index}", span = Span::call_site())
}

/// The comparisons below a node, of which `depth` are around them and have captured `captures`
/// segments.
pub(crate) fn comparisons(
    node: &Node,
    depth: usize,
    captures: usize,
    paths: &Paths,
    leaf: Leaf<'_>,
) -> TokenStream {
    let (left, after) = (rest_local(depth), rest_local(depth + 1));
    let capture = capture_local(captures);
    let some = paths::some();
    let end = (!node.ends.is_empty()).then(|| {
        let leaf = leaf(&node.ends);
        quote!(if #left.is_empty() { #leaf })
    });
    let texts = texts(node, depth, captures, paths, leaf);
    let one = node.one.as_ref().map(|below| {
        let segment = paths.target(quote!(segment));
        let below = comparisons(below, depth + 1, captures + 1, paths, leaf);
        quote!(if let #some((#capture, #after)) = #segment(#left) { #below })
    });
    let rest = (!node.rests.is_empty()).then(|| {
        let rest = paths.target(quote!(rest));
        let leaf = leaf(&node.rests);
        quote!(if let #some(#capture) = #rest(#left) { #leaf })
    });
    quote!(#end #texts #one #rest)
}

/// Texts that may follow: told apart by their first byte where there are several.
fn texts(
    node: &Node,
    depth: usize,
    captures: usize,
    paths: &Paths,
    leaf: Leaf<'_>,
) -> Option<TokenStream> {
    let (left, after) = (rest_local(depth), rest_local(depth + 1));
    let some = paths::some();
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

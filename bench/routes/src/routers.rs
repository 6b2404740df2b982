//! The routers of others, each with its own way of writing patterns.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use futures_util::FutureExt;
use path_tree::PathTree;
use tower_service::Service;

use crate::sets::Set;

pub(crate) trait Lookup {
    fn name(&self) -> &'static str;
    fn find(&mut self, path: &'static str) -> Option<usize>;
}

/// matchit first: ratios are to it.
pub(crate) fn all(set: &Set) -> Vec<Box<dyn Lookup>> {
    vec![Box::new(matchit(set)), Box::new(path_tree(set)), Box::new(axum(set))]
}

fn matchit(set: &Set) -> matchit::Router<usize> {
    let mut router = matchit::Router::new();
    for (index, pattern) in set.patterns.iter().enumerate() {
        router.insert(starred(pattern), index).expect("a good pattern");
    }
    router
}

impl Lookup for matchit::Router<usize> {
    fn name(&self) -> &'static str {
        "matchit"
    }

    fn find(&mut self, path: &'static str) -> Option<usize> {
        let found = std::hint::black_box(self.at(path).ok()?);
        Some(*found.value)
    }
}

fn path_tree(set: &Set) -> PathTree<usize> {
    let mut tree = PathTree::new();
    for (index, pattern) in set.patterns.iter().enumerate() {
        let pattern = pattern.replace("{path...}", ":path+").replace('{', ":").replace('}', "");
        let _ = tree.insert(&pattern, index);
    }
    tree
}

impl Lookup for PathTree<usize> {
    fn name(&self) -> &'static str {
        "path-tree"
    }

    fn find(&mut self, path: &'static str) -> Option<usize> {
        let (index, found) = PathTree::find(self, path)?;
        std::hint::black_box(found);
        Some(*index)
    }
}

/// Its routes answer with their number as the status, from 200.
struct Axum(Router);

fn axum(set: &Set) -> Axum {
    let mut router = Router::new();
    for (index, pattern) in set.patterns.iter().enumerate() {
        let status = StatusCode::from_u16(200 + index as u16).expect("a status");
        router = router.route(&starred(pattern), get(move || async move { status }));
    }
    Axum(router)
}

impl Lookup for Axum {
    fn name(&self) -> &'static str {
        "axum"
    }

    fn find(&mut self, path: &'static str) -> Option<usize> {
        let request = Request::get(path).body(Body::empty()).expect("a good request");
        let answer = self.0.call(request).now_or_never()?.ok()?;
        Some(usize::from(answer.status().as_u16()) - 200)
    }
}

/// `{path...}` is `{*path}` to matchit and axum.
fn starred(pattern: &str) -> String {
    match pattern.strip_suffix("...}") {
        Some(rest) => format!("{}}}", rest.replacen("{path", "{*path", 1)),
        None => pattern.to_owned(),
    }
}

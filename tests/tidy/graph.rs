//! Which file of a crate imports which: the crate's modules, and the paths in their code.
//!
//! A path begins with `crate`, `$crate`, `self`, `super`, a child module, or a module that `use`
//! has given a name. It is followed as far as it names modules, and leads to the file of the last
//! one. Code under `#[cfg(test)]` is left out, as are comments and strings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The names on the way from the root of the crate to a module or an item.
type Names = Vec<String>;

/// The file that has the path, and the file that the path leads to. Both are named from the
/// directory of `lib.rs`, with slashes: `engine/pool.rs`.
pub(crate) type Edge = (String, String);

/// The edges between the files of the crate whose `lib.rs` lies in this directory. No file has an
/// edge to itself.
pub(crate) fn imports(root: &Path) -> BTreeSet<Edge> {
    let mut modules = Modules::default();
    modules.read(Vec::new(), &root.join("lib.rs"), root);
    let mut edges = BTreeSet::new();
    for (module, code) in &modules.code {
        let mut scope = Scope { modules: &modules, module, imported: BTreeMap::new() };
        scope.note_imported(code);
        let (mut targets, from) = (Vec::new(), &modules.files[module]);
        scope.follow(code, &mut targets);
        let targets = targets.into_iter().filter(|to| to != from);
        edges.extend(targets.map(|to| (from.clone(), to)));
    }
    edges
}

/// A circle in the graph, if there is one: its files, in the order in which they import one
/// another.
pub(crate) fn circle(edges: &BTreeSet<Edge>) -> Option<Vec<String>> {
    let files: BTreeSet<&str> = edges.iter().map(|(from, _)| &**from).collect();
    let mut done = BTreeSet::new();
    files.into_iter().find_map(|file| circle_from(file, edges, &mut Vec::new(), &mut done))
}

fn circle_from<'e>(
    file: &'e str,
    edges: &'e BTreeSet<Edge>,
    way: &mut Vec<&'e str>,
    done: &mut BTreeSet<&'e str>,
) -> Option<Vec<String>> {
    if let Some(start) = way.iter().position(|earlier| *earlier == file) {
        return Some(way[start..].iter().map(|file| (*file).to_owned()).collect());
    }
    if done.contains(file) {
        return None;
    }
    way.push(file);
    let mut targets = edges.iter().filter(|(from, _)| from == file).map(|(_, to)| to);
    let found = targets.find_map(|to| circle_from(to, edges, way, done));
    way.pop();
    done.insert(file);
    found
}

/// A token, as far as paths are concerned.
#[derive(Clone, PartialEq)]
enum Token {
    /// Also `$crate`, as `crate`.
    Word(String),
    /// `::`
    PathSep,
    Mark(char),
    Group(Delimiter, Vec<Token>),
    /// As it is written, with its quotes.
    Literal(String),
}

fn tokens(stream: TokenStream) -> Vec<Token> {
    let mut found = Vec::new();
    let mut all = stream.into_iter().peekable();
    while let Some(token) = all.next() {
        found.push(match token {
            TokenTree::Ident(ident) => Token::Word(ident.to_string()),
            TokenTree::Literal(literal) => Token::Literal(literal.to_string()),
            TokenTree::Group(group) => Token::Group(group.delimiter(), tokens(group.stream())),
            TokenTree::Punct(mark) => {
                let next = all.peek().map(ToString::to_string);
                match (mark.as_char(), mark.spacing(), next.as_deref()) {
                    (':', Spacing::Joint, Some(":")) => {
                        all.next();
                        Token::PathSep
                    }
                    ('$', _, Some("crate")) => continue,
                    (mark, ..) => Token::Mark(mark),
                }
            }
        });
    }
    found
}

fn is_word(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word(found) if found == word)
}

/// The code without items that are for tests only.
fn shipped(code: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut left = &code[..];
    while let Some(token) = left.first() {
        let length = test_item(left);
        if length == 0 {
            kept.push(match token {
                Token::Group(delimiter, inner) => Token::Group(*delimiter, shipped(inner.clone())),
                token => token.clone(),
            });
        }
        left = &left[length.max(1)..];
    }
    kept
}

/// The number of tokens of the item under `#[cfg(test)]` that begins here: 0 if no such item does.
fn test_item(code: &[Token]) -> usize {
    let [Token::Mark('#'), Token::Group(Delimiter::Bracket, attribute), ..] = code else {
        return 0;
    };
    let [Token::Word(cfg), Token::Group(_, condition)] = &attribute[..] else { return 0 };
    if cfg != "cfg" || *condition != [Token::Word("test".into())] {
        return 0;
    }
    // A `use` has braces before its end, and every other item ends where its braces do.
    let is_use = code.iter().take(5).any(|token| is_word(token, "use"));
    let ends = |token: &Token| match token {
        Token::Group(Delimiter::Brace, _) => !is_use,
        token => *token == Token::Mark(';'),
    };
    code.iter().position(ends).map_or(code.len(), |end| end + 1)
}

/// The modules of a crate, without those for tests.
#[derive(Default)]
struct Modules {
    /// The file that each module is in. An inline module is in the file of the module around it.
    files: BTreeMap<Names, String>,
    /// The code of each module, without that of inline modules.
    code: BTreeMap<Names, Vec<Token>>,
}

impl Modules {
    fn read(&mut self, module: Names, file: &Path, root: &Path) {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        let stream = text.parse().unwrap_or_else(|error| panic!("{file:?}: {error}"));
        let name = file.strip_prefix(root).expect("a file below the root");
        let name = name.to_string_lossy().replace('\\', "/");
        // The child modules of `lib.rs` and `mod.rs` lie beside it, those of `a.rs` in `a/`.
        let below = match file.file_stem().and_then(|stem| stem.to_str()) {
            Some("lib" | "mod") => file.parent().expect("a directory").to_owned(),
            _ => file.with_extension(""),
        };
        self.note(module, &name, &shipped(tokens(stream)), &below, root);
    }

    /// Notes a module, and its child modules, whose files lie in the directory `below`.
    fn note(&mut self, module: Names, file: &str, code: &[Token], below: &Path, root: &Path) {
        let mut own = Vec::new();
        let mut left = code;
        // The file in a `#[path = "…"]` for the next module.
        let mut path = None;
        while let Some(first) = left.first() {
            let child = |name: &String| [&module[..], std::slice::from_ref(name)].concat();
            match left {
                [Token::Mark('#'), Token::Group(_, attribute), ..] if is_path(attribute) => {
                    let name = attribute.last().map(literal).expect("a name");
                    path = Some(root.join(file).with_file_name(name));
                    left = &left[2..];
                }
                [Token::Word(word), Token::Word(name), Token::Mark(';'), ..] if word == "mod" => {
                    let beside = || module_file(below, name);
                    self.read(child(name), &path.take().unwrap_or_else(beside), root);
                    left = &left[3..];
                }
                [Token::Word(word), Token::Word(name), Token::Group(_, inner), ..]
                    if word == "mod" =>
                {
                    self.note(child(name), file, inner, &below.join(name), root);
                    left = &left[3..];
                }
                _ => {
                    own.push(first.clone());
                    left = &left[1..];
                }
            }
        }
        self.files.insert(module.clone(), file.to_owned());
        self.code.insert(module, own);
    }

    fn has(&self, module: &[String]) -> bool {
        self.files.contains_key(module)
    }
}

/// Whether an attribute is `path = "…"`.
fn is_path(attribute: &[Token]) -> bool {
    matches!(attribute, [Token::Word(word), Token::Mark('='), Token::Literal(_)] if word == "path")
}

/// The text of a string literal.
fn literal(token: &Token) -> &str {
    match token {
        Token::Literal(written) => written.trim_matches('"'),
        _ => "",
    }
}

fn module_file(below: &Path, name: &str) -> PathBuf {
    // A module with underscores before its name has a `#[path]` without them.
    let beside = below.join(format!("{}.rs", name.trim_start_matches('_')));
    if beside.is_file() { beside } else { below.join(name).join("mod.rs") }
}

/// What paths in one module can begin with.
struct Scope<'m> {
    modules: &'m Modules,
    module: &'m Names,
    /// The modules that `use` has given a name here.
    imported: BTreeMap<String, Names>,
}

impl Scope<'_> {
    fn note_imported(&mut self, code: &[Token]) {
        for (index, token) in code.iter().enumerate() {
            if let Token::Group(_, inner) = token {
                self.note_imported(inner);
            }
            if is_word(token, "use") {
                for (path, name) in branches(&code[index + 1..]) {
                    let module = self.resolved(&path).filter(|found| self.modules.has(found));
                    self.imported.extend(module.map(|module| (name, module)));
                }
            }
        }
    }

    /// Collects the files that paths in the code lead to.
    fn follow(&self, code: &[Token], targets: &mut Vec<String>) {
        let mut left = code;
        let mut before = None;
        while let Some(first) = left.first() {
            let mut length = 1;
            match first {
                Token::Group(_, inner) => self.follow(inner, targets),
                // (`use<'a>` is a bound of a type.)
                Token::Word(word) if word == "use" && left.get(1) != Some(&Token::Mark('<')) => {
                    let paths = branches(&left[1..]);
                    targets.extend(paths.iter().filter_map(|(path, _)| self.file_of(path)));
                    let end = left.iter().position(|token| *token == Token::Mark(';'));
                    length = end.unwrap_or(left.len());
                }
                Token::Word(_) if before != Some(&Token::PathSep) => {
                    let path = plain_path(left);
                    length = path.len() * 2 - 1;
                    if path.len() > 1 {
                        targets.extend(self.file_of(&path));
                    }
                }
                _ => {}
            }
            before = left.get(length - 1);
            left = &left[length..];
        }
    }

    /// The file of the last module that a path names.
    fn file_of(&self, path: &[String]) -> Option<String> {
        let mut path = self.resolved(path)?;
        while !self.modules.has(&path) {
            path.pop();
        }
        Some(self.modules.files[&path].clone())
    }

    /// A path that leads into the crate, from the root of the crate.
    fn resolved(&self, path: &[String]) -> Option<Names> {
        let (first, rest) = path.split_first()?;
        let mut names = match &**first {
            "crate" => Vec::new(),
            "self" => self.module.clone(),
            "super" => self.module[..self.module.len().checked_sub(1)?].to_vec(),
            name => match self.imported.get(name) {
                Some(imported) => imported.clone(),
                None => {
                    let child = [&self.module[..], std::slice::from_ref(first)].concat();
                    Some(child).filter(|child| self.modules.has(child))?
                }
            },
        };
        for name in rest {
            match &**name {
                "super" => drop(names.pop()?),
                "self" => {}
                name => names.push(name.to_owned()),
            }
        }
        Some(names)
    }
}

/// The names of the path at the start of the code: `a::b` of `a::b::<T>()`.
fn plain_path(code: &[Token]) -> Names {
    let mut path = Vec::new();
    let mut left = code;
    while let [Token::Word(word), rest @ ..] = left {
        path.push(word.clone());
        let [Token::PathSep, after @ ..] = rest else { break };
        left = after;
    }
    path
}

/// The paths in a `use`, which ends at a `;` or a `,`, and the name that each is given.
fn branches(code: &[Token]) -> Vec<(Names, String)> {
    let path = plain_path(code);
    match &code[(path.len() * 2).min(code.len())..] {
        [Token::Group(Delimiter::Brace, inner), ..] => {
            let inner = inner.split(|token| *token == Token::Mark(','));
            let inner = inner.filter(|branch| !branch.is_empty()).flat_map(branches);
            let below = |(rest, name): (Names, String)| {
                let whole = [&path[..], &rest].concat();
                // `a::{self}` gives the name `a`.
                let own = path.last().filter(|_| name == "self").cloned();
                (whole, own.unwrap_or(name))
            };
            inner.map(below).collect()
        }
        _ => {
            let renamed = &code[(path.len() * 2).saturating_sub(1)..];
            let name = match renamed {
                [Token::Word(word), Token::Word(name), ..] if word == "as" => Some(name),
                _ => path.last(),
            };
            let name = name.cloned().unwrap_or_default();
            vec![(path, name)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The edges of a crate that has these files.
    fn edges_of(files: &[(&str, &str)]) -> BTreeSet<Edge> {
        let root = tempfile::tempdir().expect("a directory");
        for (name, text) in files {
            let file = root.path().join(name);
            fs::create_dir_all(file.parent().expect("a directory")).expect("a directory");
            fs::write(file, text).expect("a file");
        }
        imports(root.path())
    }

    /// What a crate with these modules in its root, and the file `a.rs`, has as edges of `a.rs`.
    fn imported_by_a(text: &str) -> Vec<String> {
        let files = [
            ("lib.rs", "mod a; mod b; mod c; mod folder;"),
            ("a.rs", text),
            ("a/child.rs", ""),
            ("b.rs", "pub mod inline { pub fn f() {} }"),
            ("c.rs", ""),
            ("folder/mod.rs", "pub mod d; pub struct Own;"),
            ("folder/d.rs", ""),
            ("folder/far.rs", ""),
        ];
        let edges = edges_of(&files).into_iter();
        edges.filter(|(from, _)| from == "a.rs").map(|(_, to)| to).collect()
    }

    #[test]
    fn paths_lead_to_files() {
        for (text, files) in [
            ("use crate::b::Item;", &["b.rs"][..]),
            ("use crate::{b::{self, Item}, c};", &["b.rs", "c.rs"]),
            ("use super::b; fn f() { super::c::g(); }", &["b.rs", "c.rs"]),
            (
                "fn f(it: crate::b::Item) -> Vec<crate::c::Item> { Vec::<crate::b::X>::new() }",
                &["b.rs", "c.rs"],
            ),
            ("use crate::folder::Own;", &["folder/mod.rs"]),
            ("use crate::folder::d::{Item, Other};", &["folder/d.rs"]),
            ("use crate::folder; fn f() { folder::d::f() }", &["folder/d.rs", "folder/mod.rs"]),
            (
                "use crate::folder as room; fn f() { room::d::f() }",
                &["folder/d.rs", "folder/mod.rs"],
            ),
            ("use crate::b::inline::f;", &["b.rs"]),
            ("mod child; use child::Item;", &["a/child.rs"]),
            ("mod child; fn f() { child::f() }", &["a/child.rs"]),
            ("mod child; fn f() { self::child::f() }", &["a/child.rs"]),
            ("mod inline { use super::super::b::Item; }", &["b.rs"]),
            ("#[path = \"folder/far.rs\"] mod near; use near::Item;", &["folder/far.rs"]),
            ("fn f() { println!(\"{}\", crate::b::X); }", &["b.rs"]),
            ("macro_rules! m { () => { $crate::b::f() } }", &["b.rs"]),
            ("use super::*;", &["lib.rs"]),
            ("use crate::Item;", &["lib.rs"]),
            ("fn f() -> impl Sized + use<'_> { crate::b::f(); }", &["b.rs"]),
        ] {
            assert_eq!(imported_by_a(text), files, "{text}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_no_edge() {
        for text in [
            "use std::fmt; use ::b::Item; fn f() { other::b::f(); }",
            "// use crate::b;\n/* crate::c::f() */ /// crate::b::Item\nstruct S;",
            "const TEXT: &str = \"crate::b::f()\";",
            "#[cfg(test)] mod tests { use crate::b::Item; }",
            "#[cfg(test)] use crate::{b::Item, c};",
            "#[cfg(test)] fn f() { crate::b::f() }",
            "fn f() { #[cfg(test)] use crate::b; }",
            "use self::Item; fn f() { crate::a::g() }",
            "fn f(b: u8) -> u8 { b }",
        ] {
            assert_eq!(imported_by_a(text), [""; 0], "{text}");
        }
        assert_eq!(imported_by_a("#[cfg(test)] use crate::b; use crate::c;"), ["c.rs"]);
        assert_eq!(imported_by_a("#[cfg(test)] fn f() {} use crate::c;"), ["c.rs"]);
    }

    #[test]
    fn files_for_tests_only_are_not_read() {
        let edges = edges_of(&[
            ("lib.rs", "mod a; #[cfg(test)] mod tests;"),
            ("a.rs", ""),
            ("tests.rs", "use crate::a::Item;"),
        ]);
        assert_eq!(edges, BTreeSet::new());
    }

    #[test]
    fn a_circle_is_found() {
        let parts = "mod first; mod second; mod third; mod user;";
        let mut files = vec![
            ("lib.rs", parts),
            ("user.rs", "use crate::first::Item;"),
            ("first.rs", "use crate::second::Item;"),
            ("second/mod.rs", "mod inner; use inner::Item;"),
            ("second/inner.rs", "fn f() { crate::third::f() }"),
            ("third.rs", ""),
        ];
        assert_eq!(circle(&edges_of(&files)), None);
        files[5].1 = "use super::first;";
        let found = circle(&edges_of(&files)).expect("a circle");
        assert_eq!(found, ["first.rs", "second/mod.rs", "second/inner.rs", "third.rs"]);
    }
}

//! Random tables of routes in which no two are ambiguous, and requests that nearly fit.

use super::reference::{Part, Route, Table};
use std::fmt::Write as _;

/// A small generator of numbers (`SplitMix64`): the same tables on every machine.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("a small number")
    }

    fn one<'t, T: ?Sized>(&mut self, of: &[&'t T]) -> &'t T {
        of[self.below(of.len())]
    }

    pub(super) fn command(&mut self) -> &'static str {
        self.one(&["GET", "GET", "HEAD", "PUT", "POST", "OPTIONS", "BREW"])
    }

    /// A path that is near to one of the table's.
    pub(super) fn path(&mut self, table: &Table) -> String {
        let route = &table.routes[self.below(table.routes.len())];
        let mut path = String::new();
        for part in &route.parts {
            let segment = match part {
                Part::Literal(text) if self.below(8) > 0 => self.spelt(text),
                Part::Literal(_) | Part::One => self.segment().to_owned(),
                Part::Rest => {
                    let count = self.below(4);
                    let rest: Vec<&str> = (0..count).map(|_| self.segment()).collect();
                    rest.join("/")
                }
            };
            write!(path, "/{segment}").expect("a string takes everything");
        }
        match self.below(12) {
            0 => path.push('/'),
            1 => write!(path, "/{}", self.segment()).expect("a string takes everything"),
            2 => path.push_str("?a=/b"),
            3 => path = format!("http://localhost{path}"),
            _ => {}
        }
        path
    }

    /// A literal, at times with a letter escaped that need not be.
    fn spelt(&mut self, text: &str) -> String {
        let needless = self.below(6) == 0;
        let mut spelt = String::new();
        for (at, byte) in text.bytes().enumerate() {
            match byte.is_ascii() && !(needless && at == 0) {
                true => spelt.push(char::from(byte)),
                false => write!(spelt, "%{byte:02x}").expect("a string takes everything"),
            }
        }
        spelt
    }

    fn segment(&mut self) -> &'static str {
        self.one(&[
            "a",
            "b",
            "ab",
            "abc",
            "z",
            "zz",
            "a%2Fb",
            "%61",
            "..",
            ".",
            "%2e.",
            "",
            "caf%C3%A9",
            "%FF",
            "a%20b",
            "%252F",
        ])
    }
}

/// The tables of the test.
pub(super) fn tables() -> Vec<Table> {
    let mut random = Random(5);
    (0..20).map(|index| table(&mut random, index)).collect()
}

fn table(random: &mut Random, index: usize) -> Table {
    let commands: &[&'static str] = match index % 5 {
        1 => &["POST"],
        2 => &["GET", "OPTIONS"],
        3 => &["HEAD", "PUT"],
        _ => &[],
    };
    let mut table = Table { routes: Vec::new(), commands: commands.to_vec() };
    // The later tables have many routes that look alike.
    let wanted = 4 + index;
    for _ in 0..wanted * 6 {
        if table.routes.len() < wanted {
            let route = route(random, table.routes.len());
            if table.takes(&route) {
                table.routes.push(route);
            }
        }
    }
    table
}

fn route(random: &mut Random, number: usize) -> Route {
    let command = match random.below(10) {
        0 => None,
        1 => Some("HEAD"),
        2 | 3 => Some("PUT"),
        4 => Some("POST"),
        5 => Some("OPTIONS"),
        _ => Some("GET"),
    };
    let length = 1 + random.below(4);
    let mut parts = Vec::new();
    for index in 0..length {
        let is_last = index + 1 == length;
        parts.push(match random.below(12) {
            0 if is_last => Part::Rest,
            1 if is_last => Part::Literal(""),
            2..=5 => Part::One,
            _ => Part::Literal(random.one(&["a", "b", "ab", "abc", "café", "ba"])),
        });
    }
    Route { number, command, parts }
}

/// The tables as handlers.
pub(super) fn file(tables: &[Table]) -> String {
    let mut file = r#"//! Written by `generator.rs`: handlers with random routes.

use bhrh::{Exchange, Handler, http_handler};
use std::io;

fn answer(http: &mut Exchange<'_>, method: &str, parameters: &[&str]) -> io::Result<()> {
    http.send_response(200);
    let parameters: String = parameters.iter().map(|text| format!(" {text:?}")).collect();
    http.send_header("X-Found", format!("{method}{parameters}").escape_default().to_string());
    http.end_headers()
}

macro_rules! table {
    ($name:ident [$($do:ident)*] { $($route:literal $method:ident($($parameter:ident)*);)* }) => {
        struct $name;

        #[http_handler]
        impl $name {
            $(fn $do(&self, http: &mut Exchange) -> io::Result<()> {
                answer(http, stringify!($do), &[])
            })*

            $(#[route($route)]
            fn $method(&self, http: &mut Exchange, $($parameter: &str),*) -> io::Result<()> {
                answer(http, stringify!($method), &[$($parameter),*])
            })*
        }
    };
}

"#
    .to_owned();
    for (index, table) in tables.iter().enumerate() {
        let commands: Vec<String> =
            table.commands.iter().map(|name| format!("do_{name}")).collect();
        writeln!(file, "table! {{ T{index} [{}] {{", commands.join(" ")).expect("a string");
        for route in &table.routes {
            let count = route.parts.iter().filter(|part| !matches!(part, Part::Literal(_))).count();
            let names: Vec<String> = (0..count).map(|index| format!("p{index}")).collect();
            let (text, number) = (route.text(), route.number);
            writeln!(file, "    {text:?} r{number}({});", names.join(" ")).expect("a string");
        }
        file.push_str("} }\n\n");
    }
    let handlers: Vec<String> = (0..tables.len()).map(|index| format!("&T{index}")).collect();
    let lines: Vec<String> =
        handlers.chunks(14).map(|line| format!("    {},\n", line.join(", "))).collect();
    write!(
        file,
        "#[rustfmt::skip]\npub(super) static HANDLERS: &[&dyn Handler] = &[\n{}];\n",
        lines.concat()
    )
    .expect("a string");
    file
}

//! Writes the same 130 routes for each library: those of GitHub's API, version 3, from the list of
//! `routes`. In turn they list, create and show; five routes share their types.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;

const LIST: &str = "../routes/github.txt";
const ROUTES_PER_MODEL: usize = 5;

/// The derives of a library's JSON Schemas, above the types of content.
const SCHEMARS: &str = "schemars::JsonSchema, ";
const UTOIPA: &str = "utoipa::ToSchema, ";

fn main() {
    println!("cargo::rerun-if-changed={LIST}");
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var("OUT_DIR").expect("cargo says where");
    let list = fs::read_to_string(LIST).expect("the list");
    let routes: Vec<Route> = list.lines().enumerate().map(Route::new).collect();
    for (name, derives, write) in [
        ("bhrh", SCHEMARS, bhrh as fn(&mut String, &[Route], bool)),
        ("bhrh_openapi", SCHEMARS, bhrh),
        ("axum", "", axum),
        ("axum_utoipa", UTOIPA, axum),
        ("rocket", "", rocket),
    ] {
        let mut text = models(routes.len().div_ceil(ROUTES_PER_MODEL), derives);
        write(&mut text, &routes, name.ends_with("_openapi") || name.ends_with("_utoipa"));
        fs::write(Path::new(&out).join(format!("{name}.rs")), text).expect("written");
    }
}

/// What a route does.
enum Does {
    List,
    Create,
    Show,
}

struct Route {
    index: usize,
    pattern: String,
    /// Names and types of the parameters of the path.
    parameters: Vec<(String, &'static str)>,
    does: Does,
    model: usize,
}

impl Route {
    fn new((index, pattern): (usize, &str)) -> Route {
        let inside = pattern.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        let mut parameters: Vec<_> = inside.map(|name| (name.to_owned(), "String")).collect();
        // Half of the routes end in a number.
        if let (Some(last), 1) = (parameters.last_mut(), index % 2) {
            last.1 = "u64";
        }
        let does = [Does::List, Does::Create, Does::Show].into_iter().nth(index % 3).expect("one");
        let pattern = pattern.to_owned();
        Route { index, pattern, parameters, does, model: index / ROUTES_PER_MODEL }
    }

    /// The arguments of the path, each with a comma after it.
    fn arguments(&self) -> String {
        self.parameters.iter().map(|(name, kind)| format!("{name}: {kind}, ")).collect()
    }

    /// The parameters as something that is used.
    fn used(&self) -> String {
        let names =
            self.parameters.iter().map(|(name, _)| format!("std::hint::black_box(&{name});"));
        names.collect()
    }

    fn command(&self) -> &'static str {
        match self.does {
            Does::Create => "POST",
            Does::List | Does::Show => "GET",
        }
    }
}

fn models(count: usize, derives: &str) -> String {
    let derive =
        format!("#[derive(Debug, Default, {derives}serde::Serialize, serde::Deserialize)]");
    let mut text = format!("{derive}\npub struct Owner {{ pub login: String, pub id: u64 }}\n");
    for model in 0..count {
        let _ = writeln!(
            text,
            "{derive}
            pub struct New{model} {{
                pub name: String, pub description: Option<String>, pub private: bool,
                pub labels: Vec<String>, pub owner: Owner,
            }}
            {derive}
            pub struct Item{model} {{
                pub id: u64, pub name: String, pub description: Option<String>, pub private: bool,
                pub labels: Vec<String>, pub owner: Owner, pub stars: u32,
            }}
            impl From<New{model}> for Item{model} {{
                fn from(new: New{model}) -> Self {{
                    let New{model} {{ name, description, private, labels, owner }} = new;
                    Self {{ id: 1, name, description, private, labels, owner, stars: 0 }}
                }}
            }}"
        );
    }
    text
}

fn bhrh(text: &mut String, routes: &[Route], openapi: bool) {
    let openapi = if openapi { "openapi(title = \"GitHub\", version = \"3\")" } else { "" };
    let _ = writeln!(text, "#[bhrh::http_handler({openapi})]\nimpl Github {{");
    for route in routes {
        let Route { index, pattern, model, .. } = route;
        let (command, arguments, used) = (route.command(), route.arguments(), route.used());
        let (more, answer, body) = match route.does {
            Does::List => (
                "#[query] page: Option<u32>, #[query] per_page: Option<u32>",
                format!("Json<Vec<Item{model}>>"),
                "std::hint::black_box((page, per_page)); Json(Vec::new())",
            ),
            Does::Create => (
                &*format!("#[json] new: New{model}"),
                format!("Status<201, Json<Item{model}>>"),
                "Status(Json(new.into()))",
            ),
            Does::Show => ("", format!("Result<Json<Item{model}>, Missing>"), "Err(Missing)"),
        };
        let _ = writeln!(
            text,
            "/// Route {index}.\n#[route(\"{command} {pattern}\")]\n\
             fn route_{index}(&self, {arguments}{more}) -> {answer} {{ {used} {body} }}"
        );
    }
    text.push_str("}\n");
}

fn axum(text: &mut String, routes: &[Route], utoipa: bool) {
    for route in routes {
        let Route { index, pattern, parameters, model, .. } = route;
        let used = route.used();
        let names: Vec<_> = parameters.iter().map(|(name, _)| &**name).collect();
        let kinds: Vec<_> = parameters.iter().map(|(_, kind)| *kind).collect();
        let path = match &names[..] {
            [] => String::new(),
            [name] => format!("Path({name}): Path<{}>, ", kinds[0]),
            _ => format!("Path(({})): Path<({})>, ", names.join(", "), kinds.join(", ")),
        };
        let (more, answer, body, responses) = match route.does {
            Does::List => (
                "Query(page): Query<Page>".to_owned(),
                format!("Json<Vec<Item{model}>>"),
                "std::hint::black_box((page.page, page.per_page)); Json(Vec::new())",
                format!("(status = 200, body = Vec<Item{model}>)"),
            ),
            Does::Create => (
                format!("Json(new): Json<New{model}>"),
                format!("(StatusCode, Json<Item{model}>)"),
                "(StatusCode::CREATED, Json(new.into()))",
                format!("(status = 201, body = Item{model})"),
            ),
            Does::Show => (
                String::new(),
                format!("Result<Json<Item{model}>, Missing>"),
                "Err(Missing)",
                format!("(status = 200, body = Item{model}), (status = 404)"),
            ),
        };
        if utoipa {
            let mut inputs: Vec<_> = parameters
                .iter()
                .map(|(name, kind)| format!("(\"{name}\" = {kind}, Path)"))
                .collect();
            if let Does::List = route.does {
                inputs.push("Page".to_owned());
            }
            let (command, inputs) = (route.command().to_lowercase(), inputs.join(", "));
            let _ = writeln!(
                text,
                "/// Route {index}.\n#[utoipa::path({command}, path = \"{pattern}\", \
                 params({inputs}), responses({responses}))]"
            );
        }
        let _ =
            writeln!(text, "async fn route_{index}({path}{more}) -> {answer} {{ {used} {body} }}");
    }
    let kind = if utoipa { "OpenApiRouter" } else { "Router" };
    let _ = write!(text, "fn router() -> {kind} {{ {kind}::new()");
    for route in routes {
        let Route { index, pattern, .. } = route;
        let command = route.command().to_lowercase();
        let _ = match utoipa {
            true => writeln!(text, ".routes(routes!(route_{index}))"),
            false => writeln!(text, ".route(\"{pattern}\", {command}(route_{index}))"),
        };
    }
    text.push_str("}\n");
}

fn rocket(text: &mut String, routes: &[Route], _: bool) {
    for route in routes {
        let Route { index, model, .. } = route;
        let (arguments, used) = (route.arguments(), route.used());
        // Its paths do not end in a slash.
        let pattern = route.pattern.replace('{', "<").replace('}', ">");
        let pattern = pattern.trim_end_matches('/');
        let (attribute, more, answer, body) = match route.does {
            Does::List => (
                format!("get(\"{pattern}?<page>&<per_page>\")"),
                "page: Option<u32>, per_page: Option<u32>".to_owned(),
                format!("Json<Vec<Item{model}>>"),
                "std::hint::black_box((page, per_page)); Json(Vec::new())",
            ),
            Does::Create => (
                format!("post(\"{pattern}\", data = \"<new>\")"),
                format!("new: Json<New{model}>"),
                format!("(Status, Json<Item{model}>)"),
                "(Status::Created, Json(new.into_inner().into()))",
            ),
            Does::Show => (
                format!("get(\"{pattern}\")"),
                String::new(),
                format!("Result<Json<Item{model}>, Missing>"),
                "Err(Missing(()))",
            ),
        };
        let _ = writeln!(
            text,
            "#[rocket::{attribute}]\n\
             fn route_{index}({arguments}{more}) -> {answer} {{ {used} {body} }}"
        );
    }
    let names: Vec<_> = routes.iter().map(|route| format!("route_{}", route.index)).collect();
    let _ = writeln!(
        text,
        "fn routes() -> Vec<rocket::Route> {{ rocket::routes![{}] }}",
        names.join(", ")
    );
}

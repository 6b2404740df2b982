//! What the document says of each kind of input and of answer.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::every::{Every, Shop};

fn document() -> Value {
    Every { shop: Shop }.openapi().into_json()
}

fn operation(path: &str, method: &str) -> Value {
    let found = document()["paths"][path][method].clone();
    assert!(found.is_object(), "no {method} {path}");
    found
}

/// The parameter of this name.
fn parameter(operation: &Value, name: &str) -> Value {
    let all = operation["parameters"].as_array().expect("parameters");
    all.iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("no {name}")).clone()
}

fn codes(operation: &Value) -> Vec<&str> {
    operation["responses"].as_object().expect("responses").keys().map(String::as_str).collect()
}

#[test]
fn what_the_block_says() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let info = json!({
        "title": "Every", "version": "1.0",
        "description": "Every kind of input,\nand of answer.",
    });
    assert_eq!(document["info"], info);
    assert!(document["paths"]["/hidden"].is_null());
    let scheme = &document["components"]["securitySchemes"]["user"];
    assert_eq!((&scheme["scheme"], &scheme["type"]), (&"bearer".into(), &"http".into()));
}

#[test]
fn what_is_said_of_a_method() {
    let numbers = operation("/numbers/{a}/{b}/{c}", "get");
    assert_eq!(numbers["summary"], "Numbers of the path.");
    assert_eq!(numbers["description"], "Their product is\nnot kept.");
    assert_eq!(
        (&numbers["operationId"], &numbers["tags"]),
        (&"numbers".into(), &json!(["numbers"]))
    );
    assert!(numbers["deprecated"].is_null());
    assert_eq!(operation("/things/{id}", "delete")["deprecated"], true);
}

#[test]
fn parameters_of_the_path() {
    let numbers = operation("/numbers/{a}/{b}/{c}", "get");
    let bounds = |name: &str| {
        let found = parameter(&numbers, name);
        assert_eq!((&found["in"], &found["required"]), (&"path".into(), &true.into()));
        (found["schema"]["minimum"].clone(), found["schema"]["maximum"].clone())
    };
    assert_eq!(bounds("a"), (0.into(), 255.into()));
    assert_eq!(bounds("b"), (i64::MIN.into(), i64::MAX.into()));
    assert_eq!(bounds("c"), (0.into(), u64::MAX.into()));
    assert_eq!(codes(&numbers), ["200", "400", "404"]);

    let texts = operation("/texts/{text}/{colour}/{rest}", "get");
    let pattern = r"^[^\u0000-\u001f\u007f]*$";
    let text = json!({"type": "string", "minLength": 1, "pattern": pattern});
    assert_eq!(parameter(&texts, "text")["schema"], text);
    assert_eq!(parameter(&texts, "rest")["schema"], json!({"type": "string", "pattern": pattern}));
    let colour = json!({"$ref": "#/components/schemas/Colour"});
    assert_eq!(parameter(&texts, "colour")["schema"], colour);
    let page = &texts["responses"]["200"]["content"]["text/html"]["schema"];
    assert_eq!(*page, json!({"type": "string"}));
}

#[test]
fn values_that_have_names() {
    let query = operation("/query", "get");
    let needed = parameter(&query, "needed");
    assert_eq!((&needed["required"], &needed["in"]), (&true.into(), &"query".into()));
    assert_eq!(needed["description"], "A number that is needed.");
    assert!(parameter(&query, "text")["required"].is_null());
    let limit = parameter(&query, "limit");
    assert_eq!((&limit["required"], &limit["schema"]["default"]), (&Value::Null, &20.into()));
    assert_eq!(parameter(&query, "order")["schema"]["default"], "up");
    let tags = parameter(&query, "tag-of");
    assert_eq!(tags["schema"], json!({"type": "array", "items": {"type": "string"}}));
    assert_eq!(codes(&query), ["200", "400"]);
    let more = operation("/more", "get");
    assert_eq!(parameter(&more, "sizes")["schema"]["items"]["maximum"], 255);
    assert_eq!(parameter(&more, "flag")["schema"]["enum"][0], "true");
    assert_eq!(parameter(&more, "host")["schema"]["format"], "ipv4");

    let filter = operation("/filter", "get");
    let least = parameter(&filter, "least");
    assert_eq!((&least["schema"]["type"], &least["required"]), (&"integer".into(), &Value::Null));

    let fields = operation("/fields", "get");
    assert_eq!(parameter(&fields, "X-Number")["in"], "header");
    assert_eq!(parameter(&fields, "X-Colours")["schema"]["type"], "array");
    assert_eq!(parameter(&fields, "session")["in"], "cookie");
}

#[test]
fn contents() {
    let create = operation("/things", "post");
    let content = &create["requestBody"];
    assert_eq!(content["required"], true);
    let schema = &content["content"]["application/json"]["schema"];
    assert_eq!(*schema, json!({"$ref": "#/components/schemas/Thing"}));
    assert_eq!(codes(&create), ["201", "400", "403", "404", "409", "411", "413", "415", "422"]);

    let replace = operation("/things/{id}", "put");
    assert!(replace["requestBody"]["required"].is_null());
    assert_eq!(replace["requestBody"]["description"], "A thing, or nothing.");
    // The method decides what becomes of content that does not fit.
    assert_eq!(codes(&operation("/things/{id}", "patch")), ["200", "400", "403", "404", "409"]);
    // No bytes are a content, too.
    assert!(operation("/bytes", "put")["requestBody"]["required"].is_null());
    let fields = &operation("/orders", "post")["requestBody"]["content"];
    let fields = &fields["application/x-www-form-urlencoded"]["schema"]["properties"];
    assert_eq!(fields["gift"]["enum"][0], "true");
    assert_eq!(fields["note"]["type"], "string");

    let types = |path: &str, method: &str| {
        let found = operation(path, method)["requestBody"]["content"].clone();
        found.as_object().expect("contents").keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(types("/orders", "post"), ["application/x-www-form-urlencoded"]);
    assert_eq!(types("/form", "post"), ["application/x-www-form-urlencoded"]);
    assert_eq!(types("/text", "put"), ["text/plain"]);
    assert_eq!(types("/bytes", "put"), ["application/octet-stream"]);
}

#[test]
fn a_type_that_is_read_and_written_differently_has_two_schemas() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let required = |name: &str| schemas[name]["required"].clone();
    assert_eq!(required("Thing"), json!(["name", "colour"]));
    assert_eq!(required("ThingAnswer"), json!(["name", "count", "price", "colour", "parts"]));
    // These two look the same.
    assert!(schemas["Colour"].is_object() && schemas["ColourAnswer"].is_null());
    assert!(schemas["Part"].is_object() && schemas["PartAnswer"].is_null());
    let answer = &operation("/things", "post")["responses"]["201"]["content"]["application/json"];
    assert_eq!(answer["schema"], json!({"$ref": "#/components/schemas/ThingAnswer"}));
}

#[test]
fn answers_of_errors_and_guards() {
    let create = operation("/things", "post");
    let described = |code: &str| create["responses"][code]["description"].clone();
    assert_eq!(described("404"), "No such thing");
    assert_eq!(described("409"), "Conflict");
    assert_eq!(described("403"), "Closed");
    let problem = &create["responses"]["422"]["content"]["application/problem+json"]["schema"];
    assert_eq!(*problem, json!({"$ref": "#/components/schemas/Problem"}));

    let me = operation("/me", "get");
    assert_eq!(me["security"], json!([{"user": []}]));
    assert_eq!(me["responses"]["401"]["description"], "Say who you are");
    let bytes = operation("/bytes", "put");
    assert!(bytes["responses"]["403"].is_object() && bytes["security"].is_null());
}

#[test]
fn other_answers() {
    assert_eq!(codes(&operation("/things/{id}", "delete")), ["204", "400", "404"]);
    assert_eq!(codes(&operation("/elsewhere", "post")), ["3XX"]);
    assert_eq!(codes(&operation("/stream", "get")), ["default"]);
    assert!(codes(&operation("/orders", "post")).contains(&"default"));
    assert_eq!(codes(&operation("/openapi.json", "get")), ["200"]);
}

/// The policy names the style sheet and the script that are in the page.
#[test]
fn the_page_allows_itself() {
    let page = bhrh::testing::get(&Every { shop: Shop }, "/docs");
    let policy = page.header("Content-Security-Policy").expect("a policy");
    for element in ["<style>", "<script>"] {
        let (_, inner) = page.text().split_once(element).expect(element);
        let inner = inner.split("</").next().expect("its end");
        let hash = base64(&Sha256::digest(inner));
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{element} is {hash}");
    }
    assert!(policy.starts_with("default-src 'none'; "));
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let groups = bytes.chunks(3).map(|group| {
        let number =
            (0..3).fold(0, |sum, at| sum << 8 | group.get(at).map_or(0, |it| usize::from(*it)));
        (0..4)
            .map(|at| match at <= group.len() {
                true => char::from(DIGITS[number >> (18 - 6 * at) & 63]),
                false => '=',
            })
            .collect::<String>()
    });
    groups.collect()
}

#[test]
fn mounted_handlers_are_part_of_it() {
    let item = operation("/shop/items/{number}", "get");
    assert_eq!(parameter(&item, "number")["schema"]["minimum"], 1);
    assert_eq!(item["tags"], json!(["shop"]));
    // The block that is mounted does not say that its errors are problems.
    assert!(item["responses"]["404"]["content"].is_null());
    let mut alone = Shop.openapi().into_json();
    assert_eq!(alone["info"]["title"], "Shop");
    assert_eq!(alone["info"]["version"], env!("CARGO_PKG_VERSION"));
    assert!(alone["paths"]["/items/{number}"].take().is_object());
}

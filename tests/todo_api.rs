//! The example `todo_api`, in memory and over TCP, and the session of its README as curl plays it.

// The program's own `main` is not part of this.
#[path = "../examples/todo_api/app.rs"]
mod app;
#[path = "../examples/todo_api/store.rs"]
mod store;

use std::fs;
use std::path::Path;
use std::process::Command;

use app::TodoApi;
use bhrh::testing::{self, Client, Response};
use bhrh::{Handler, HttpServer};
use serde_json::{Value, json};
use store::{Store, Todo};

fn api() -> TodoApi {
    TodoApi::new(Store::default())
}

fn send(client: Client<'_>, method: &str, path: &str, body: &Value) -> Response {
    let request = client.request(method, path).header("Content-Type", "application/json");
    request.body(body.to_string()).send()
}

fn body(response: &Response) -> Value {
    serde_json::from_slice(response.body()).expect("JSON")
}

#[test]
fn a_life_of_a_to_do() {
    testing::in_memory_and_tcp(api, |client| {
        let created = send(client, "POST", "/todos", &json!({"title": " Tea "}));
        assert_eq!((created.status(), created.header("Location")), (201, Some("/todos/1")));
        assert_eq!(body(&created), json!({"id": 1, "title": "Tea", "done": false}));

        let changed = send(client, "PATCH", "/todos/1", &json!({"done": true}));
        assert_eq!(body(&changed), json!({"id": 1, "title": "Tea", "done": true}));
        assert_eq!(body(&client.get("/todos/1").send()), body(&changed));

        let deleted = client.delete("/todos/1").send();
        assert_eq!((deleted.status(), deleted.body()), (204, &b""[..]));
        assert_eq!(client.get("/todos/1").send().status(), 404);
        assert_eq!(client.delete("/todos/1").send().status(), 404);
        let next = send(client, "POST", "/todos", &json!({"title": "Milk"}));
        assert_eq!(next.header("Location"), Some("/todos/2"), "no number is used twice");
    });
}

#[test]
fn lists_are_filtered_and_come_in_pages() {
    testing::in_memory_and_tcp(api, |client| {
        for title in ["a", "b", "c"] {
            send(client, "POST", "/todos", &json!({ "title": title }));
        }
        send(client, "PATCH", "/todos/2", &json!({"done": true}));
        let titles = |path: &str| -> Vec<String> {
            let list = client.get(path).send();
            let todos: Vec<Todo> = serde_json::from_slice(list.body()).expect("a list");
            todos.into_iter().map(|todo| todo.title).collect()
        };
        assert_eq!(titles("/todos"), ["a", "b", "c"]);
        assert_eq!(titles("/todos?done=true"), ["b"]);
        assert_eq!(titles("/todos?done=false&limit=1"), ["a"]);
        assert_eq!(titles("/todos?after=1&limit=1"), ["b"]);
        assert_eq!(titles("/todos?after=18446744073709551615"), [""; 0]);
    });
}

#[test]
fn what_is_wrong_is_said_in_json() {
    testing::in_memory_and_tcp(api, |client| {
        let refused = |response: Response, status: u16, detail: &str| {
            assert_eq!(response.status(), status);
            assert_eq!(response.header("Content-Type"), Some("application/problem+json"));
            let problem = body(&response);
            assert_eq!(problem["status"], status);
            assert!(problem.to_string().contains(detail), "{problem}");
        };
        refused(client.get("/todos?limit=many").send(), 400, "limit");
        refused(client.get("/todos/one").send(), 404, "Not Found");
        refused(client.get("/nowhere").send(), 404, "Not Found");
        refused(client.get("/todos/7").send(), 404, "There is no to-do with the number 7.");
        refused(send(client, "POST", "/todos", &json!({"title": " "})), 422, "1 to 200");
        refused(send(client, "POST", "/todos", &json!({"name": "x"})), 422, "unknown field `name`");
        refused(client.post("/todos").body("title=Tea").send(), 415, "");
        let post = send(client, "POST", "/todos/7", &json!({}));
        assert_eq!(post.header("Allow"), Some("GET, HEAD, PATCH, DELETE, OPTIONS"));
        refused(post, 405, "");
        refused(send(client, "PUT", "/todos/7", &json!({})), 501, "'PUT'");
        assert_eq!(client.request("OPTIONS", "/todos").send().status(), 204);
    });
}

#[test]
fn a_file_outlives_the_program() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("todos.json");
    let open = || TodoApi::new(Store::in_file(path.clone()).expect("a store"));
    let first = open();
    send(testing::client(&first), "POST", "/todos", &json!({"title": "Tea"}));
    let again = open();
    assert_eq!(testing::get(&again, "/todos").text(), testing::get(&first, "/todos").text());

    fs::write(&path, "[").expect("written");
    let error = Store::in_file(path.clone()).expect_err("no list");
    assert!(error.to_string().contains("todos.json: EOF while parsing"), "{error}");

    // What cannot be written has not happened.
    drop(directory);
    let lost = send(testing::client(&first), "POST", "/todos", &json!({"title": "Milk"}));
    assert_eq!(lost.status(), 500);
    assert!(!testing::get(&first, "/todos").text().contains("Milk"));
}

#[test]
fn all_routes_are_told() {
    let paths: Vec<&str> = TodoApi::ROUTES.iter().map(|route| &*route.pattern).collect();
    let todos = ["/todos", "/todos", "/todos/{id}", "/todos/{id}", "/todos/{id}"];
    assert_eq!(paths, [&todos[..], &["/openapi.json", "/docs"]].concat());
    assert_eq!(api().routes().len(), 7);
}

/// Each `$ curl` line of the README, played as it stands, prints the lines below it.
#[test]
fn the_session_of_the_readme() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/todo_api/README.md");
    let page = fs::read_to_string(page).expect("the page");
    let session = page.split("```text\n").nth(1).expect("a session");
    let session = session.split("```").next().expect("its end");
    let server = HttpServer::bind("127.0.0.1:0").expect("a port").spawn(api()).expect("a server");
    let address = server.local_addr().to_string();

    let mut steps = 0;
    for step in session.split("$ ").skip(1) {
        let (command, expected) = step.split_once('\n').expect("a line and its answer");
        let here = command.replace("127.0.0.1:8000", &address);
        let played = Command::new("sh").args(["-c", &format!("{here} -s")]).output();
        let played = played.expect("a shell");
        let printed = String::from_utf8_lossy(&played.stdout).replace('\r', "");
        // The date is another one.
        let without_date = |text: &str| -> Vec<String> {
            let lines = text.trim().lines().filter(|line| !line.starts_with("Date: "));
            lines.map(str::to_owned).collect()
        };
        assert_eq!(without_date(&printed), without_date(expected), "$ {command}");
        steps += 1;
    }
    assert!(steps >= 6, "only {steps} steps were found");
}

//! Basic authentication, asked for and given.

use bhrh::testing::Response;

use crate::app::{app, ask};

fn login(fields: &[(&str, &str)]) -> Response {
    let app = app(|http| match http.basic_auth() {
        Some(it) if it.matches("Aladdin", "open sesame") => {
            http.reply(200, "text/plain", it.user())
        }
        Some(_) => http.send_error(403),
        None => http.demand_basic_auth("a \"quoted\" \\ realm"),
    });
    ask(&app, "GET", fields)
}

#[test]
fn the_scheme_is_found_in_any_case() {
    for value in ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ== "] {
        assert_eq!(login(&[("Authorization", value)]).text(), "Aladdin", "{value}");
    }
}

#[test]
fn the_wrong_word_is_not_let_in() {
    for value in ["Basic QWxhZGRpbjpvcGVu", "Basic Og==", "Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ=="] {
        assert_eq!(login(&[("Authorization", value)]).status(), 403, "{value}");
    }
}

#[test]
fn whoever_does_not_say_is_asked() {
    let right = ("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    for fields in [
        &[][..],
        &[("Authorization", "Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==")],
        &[("Authorization", "Basic")],
        &[("Authorization", "Basic %%%")],
        &[right, right],
    ] {
        let response = login(fields);
        assert_eq!(response.status(), 401, "{fields:?}");
        // The same connection brings the credentials.
        assert_eq!(response.header("Connection"), None);
        let challenge = r#"Basic realm="a \"quoted\" \\ realm", charset="UTF-8""#;
        assert_eq!(response.header("WWW-Authenticate"), Some(challenge));
        assert!(response.text().contains("Unauthorized"));
    }
}

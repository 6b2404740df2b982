//! What the macro repeats of the runtime, since a macro cannot use the crate that it writes for:
//! both must say the same.

#[path = "../../bhrh-macros/src/words/page_format.rs"]
mod page_format;

use bhrh::{Exchange, Handler, base, http_handler};

struct Page(&'static str);

#[http_handler(error_message_format = self.0)]
impl Page {
    fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
        http.send_error((404, "message", "explain"))
    }
}

/// The runtime answers 404 with a page that it understands, and 500 with another one.
#[test]
fn the_macro_and_the_runtime_understand_the_same_error_pages() {
    let (mut good, mut bad) = (0, 0);
    let mut compare = |format: &'static str| {
        let macro_accepts = page_format::bad_pieces(format).is_empty();
        let status = super::request(&Page(format), "GET").status();
        assert_eq!(macro_accepts, status == 404, "{format:?}: {status}");
        if macro_accepts { good += 1 } else { bad += 1 }
    };
    for format in [
        base::ERROR_MESSAGE_FORMAT,
        "",
        "100% of",
        "100%",
        "é%é",
        "%%%",
        "%%%%",
        "%%(code)d",
        "%5.1f",
        "<b>%(code",
        "%()s",
        "%(Code)d",
        "%(code)",
        "%(code)é",
        "%(code)5d",
        "%(code)-05d",
        "%(code)i",
        "%(code) d",
        "%( code)d",
        "%(code))d",
        "%(code)d%(code)s%(message)s%(explain)s",
        "%(message)%(code)d",
        "%\0",
    ] {
        compare(format);
    }
    // Each name with each form.
    for name in ["code", "message", "explain", "other", ""] {
        for form in ["d", "s", "r", "x", "D", "", "%", " d"] {
            compare(format!("a %({name}){form} b").leak());
        }
    }
    for field in page_format::FIELDS {
        compare(field);
    }
    assert!(good > 10 && bad > 30, "{good} good and {bad} bad formats");
}

struct Plain;

#[http_handler]
impl Plain {
    fn do_GET(&self, http: &mut Exchange) {
        // The macro writes `version_string` as one constant.
        assert_eq!(self.version_string(http), base::version_string(http));
        let defaults = format!("{} {}", base::SERVER_VERSION, base::SYS_VERSION);
        http.reply(200, "text/plain", defaults).expect("memory takes everything");
    }
}

#[test]
fn the_macros_server_field_is_made_of_the_runtimes_defaults() {
    let response = super::request(&Plain, "GET");
    assert_eq!(Some(response.text()), response.header("Server"));
}

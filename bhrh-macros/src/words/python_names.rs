//! Names that `BaseHTTPRequestHandler` documents and that cannot be overridden as methods here,
//! each with what to write instead. Without this table, such a method would be ignored silently.

/// Python's class attributes, which are arguments of `#[http_handler]` here. (`log_format` is
/// ours.)
pub(crate) const CLASS_ATTRIBUTES: [&str; 8] = [
    "server_version",
    "sys_version",
    "protocol_version",
    "default_request_version",
    "error_message_format",
    "error_content_type",
    "responses",
    "log_format",
];

/// What to write instead of a class attribute of Python's that `#[http_handler]` does not take.
pub(crate) fn instead_of_argument(name: &str) -> Option<&'static str> {
    Some(match name {
        "timeout" | "request_queue_size" | "timeouts" | "limits" | "profile" => {
            "what a connection may do is set on the server: `HttpServer::bind(…)?.timeouts(…)`, \
             `.limits(…)`, `.profile(…)`"
        }
        "MessageClass" => {
            "header fields are `bhrh::Headers`; to convert them to a type of your own, implement \
             `TryFrom<bhrh::Headers<'_>>` for it and call `http.headers.try_into()`"
        }
        "extensions_map" | "index_pages" | "directory" => {
            "it is a setting of the handler for files, `bhrh::files::Files` (feature `files`)"
        }
        "rbufsize" | "wbufsize" | "disable_nagle_algorithm" => {
            "leave it out: output is gathered, and sent when the method returns, waits or flushes"
        }
        "monthname" | "weekdayname" => "to write dates your way, override `date_time_string`",
        _ => return None,
    })
}

/// What to write instead of overriding a method of Python's that is not a hook here.
pub(crate) fn instead(name: &str) -> Option<&'static str> {
    Some(match name {
        "send_response" | "send_response_only" => {
            "to see every response, write `log_request`; to add a field to every response, write \
             `end_headers`"
        }
        "send_header" | "flush_headers" => {
            "to add a field to every response, write `end_headers`, and call \
             `bhrh::base::end_headers(http)` in it"
        }
        "handle" => "to run code around every request, write `handle_one_request`",
        "setup" | "finish" => {
            "to run code before or after every request, write `handle_one_request`; what a \
             connection may do is set on `HttpServer`"
        }
        "parse_request" => {
            "how requests are read is set by the server's `Profile`; to look at every request, \
             write `handle_one_request`"
        }
        _ => return None,
    })
}

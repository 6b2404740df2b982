//! `INFO`: what the members of the exchange return.

use bhrh::Exchange;
use std::fmt::{Display, Write};
use std::time::{Duration, SystemTime};

/// A line a fact, in the order of the reference.
pub(crate) fn facts(http: &Exchange) -> String {
    let mut facts = String::new();
    let mut fact = |name: &str, value: &dyn Display| {
        let _ = writeln!(facts, "{name}: {value}");
    };
    let date = |seconds| {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        http.date_time_string(Some(time)).into_owned()
    };
    fact("client", &http.client_address.host());
    fact("address_string", &http.address_string());
    fact("command", &http.command);
    fact("path", &http.path);
    fact("request_version", &http.request_version);
    fact("requestline", &http.requestline);
    fact("close_connection", &http.close_connection);
    fact("protocol_version", &http.protocol_version());
    fact("server_version", &http.server_version());
    fact("sys_version", &http.sys_version());
    fact("version_string", &http.version_string());
    fact("error_content_type", &http.error_content_type());
    fact("date 0", &date(0));
    fact("date 784111777", &date(784_111_777));
    fact("date 951782400", &date(951_782_400));
    fact("date 4102444799", &date(4_102_444_799));
    fact("date now", &http.date_time_string(None));
    fact("log date", &http.log_date_time_string());
    fact("headers", &http.headers.len());
    fact("host", &http.headers.get("HOST").unwrap_or("None"));
    facts
}

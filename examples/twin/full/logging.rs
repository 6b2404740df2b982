//! `LOG`: calls of the log methods, with text that is made to garble a log.

use bhrh::Exchange;

pub(crate) fn log_by_hand(http: &Exchange) {
    http.log_message(format_args!("plain {} and {} and %", "text", 5));
    http.log_message(format_args!("no arguments"));
    http.log_message(format_args!(
        "esc \u{1b} nul \0 del \u{7f} c1 \u{9f} nbsp \u{a0} tab \t nl \n back \\ quote \" done"
    ));
    http.log_error(format_args!("oh {}", "no"));
    // Python's log_request takes any text, and "-" where nothing is said. Here it takes what it
    // is for, a status and a size, and other lines are messages.
    http.log_message(format_args!("\"{}\" - -", http.requestline));
    http.log_request(200);
    http.log_request((404, 123));
    http.log_message(format_args!("\"{}\" - 0", http.requestline));
}

//! The macro as the compiler's user sees it: what it accepts, and each message that it gives.
//!
//! `tests/off` has the messages of features that are off. `TRYBUILD=overwrite` writes the expected
//! messages anew.

#[test]
fn accepted() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}

#[test]
fn refused() {
    trybuild::TestCases::new().compile_fail("ui/fail/*.rs");
}

/// The compiler adds to some messages; `README.md` says where.
#[test]
fn what_we_say_is_short() {
    let mut counted = 0;
    for file in std::fs::read_dir("ui/fail").expect("the cases") {
        let path = file.expect("a case").path();
        if path.extension().is_none_or(|extension| extension != "stderr") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("messages");
        for message in text.trim().split("\n\nerror") {
            let message = message.split("\n\nwarning").next().unwrap_or_default();
            let of_signatures = message.contains("the trait `bhrh::__private::");
            if !of_signatures && !message.contains("\n       help: ") {
                continue;
            }
            let of_guard = message.contains("::guard::");
            let most = if of_guard { 12 } else { 8 };
            assert!(message.lines().count() <= most, "{}: error{message}", path.display());
            counted += 1;
        }
    }
    assert!(counted > 200, "{counted} messages");
}

//! The messages that docs/guide/routing.md shows are those of the compiler.

use std::fs;
use std::path::Path;

#[test]
fn every_message_of_the_guide_is_one_of_the_compilers() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = fs::read_to_string(here.join("../docs/guide/routing.md")).expect("the guide");
    let mut known = String::new();
    for entry in fs::read_dir(here.join("ui/fail")).expect("the messages") {
        let path = entry.expect("a readable entry").path();
        if path.extension().is_some_and(|extension| extension == "stderr") {
            known.push_str(&fs::read_to_string(path).expect("a readable message"));
        }
    }
    let blocks = guide.split("```text\n").skip(1).filter_map(|rest| rest.split("```").next());
    let messages: Vec<&str> = blocks.filter(|block| block.starts_with("error: ")).collect();
    assert!(messages.len() >= 10, "only {} messages were found", messages.len());
    for message in messages {
        assert!(known.contains(message), "the compiler does not say:\n{message}");
    }
}

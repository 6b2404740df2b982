//! A type without the attribute.

struct App;

impl App {
    #[allow(non_snake_case)]
    fn do_GET(&self, _: &mut bhrh::Exchange) {}
}

fn main() {
    let _ = bhrh::serve("127.0.0.1:0", App);
}

//! What 130 routes cost to compile: this program has them with the feature `many`, and one method
//! without.

#[cfg(feature = "many")]
mod handler {
    include!(concat!(env!("OUT_DIR"), "/github.rs"));
    pub(crate) fn handler() -> impl bhrh::Handler {
        let _ = (PATTERNS, PATHS);
        Github
    }
}

#[cfg(not(feature = "many"))]
mod handler {
    struct One;

    #[bhrh::http_handler]
    impl One {
        fn do_GET(&self, _: &mut bhrh::Exchange) {
            crate::found(0, &[]);
        }
    }

    pub(crate) fn handler() -> impl bhrh::Handler {
        One
    }
}

fn found(index: usize, parameters: &[&str]) {
    std::hint::black_box((index, parameters));
}

fn main() -> std::io::Result<()> {
    bhrh::serve("127.0.0.1:8000", handler::handler())
}

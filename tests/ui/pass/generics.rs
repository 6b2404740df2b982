//! What the `impl` block is generic over, its handler is.

use bhrh::{Exchange, http_handler};

trait Store: Send + Sync {}

impl Store for u8 {}

struct App<'a, T: ?Sized, const N: usize> {
    names: [&'a str; N],
    store: Box<T>,
}

#[http_handler(server_version = self.names[0], sys_version = self.name())]
impl<'a, T, const N: usize> App<'a, T, N>
where
    T: Store + ?Sized,
{
    fn do_GET(&self, _: &mut Exchange) {
        let _ = &self.store;
    }

    fn name(&self) -> &'a str {
        self.names[0]
    }

    fn generic_of_its_own<F: Fn()>(&self, _: F) {}
}

struct Borrowed<'a>(&'a str);

#[http_handler(server_version = self.0)]
impl Borrowed<'_> {
    fn do_GET(&self, _: &mut Exchange) {}
}

#[http_handler]
impl dyn Store {
    fn do_GET(&self, _: &mut Exchange) {}
}

fn main() {
    fn is_handler<H: bhrh::Handler + ?Sized>(_: &H) {}
    let name = String::from("name");
    let app = App { names: [&name; 2], store: Box::new(1u8) };
    app.generic_of_its_own(|| {});
    is_handler(&app);
    is_handler(&Borrowed(&name));
    is_handler::<dyn Store>(&1u8);
}

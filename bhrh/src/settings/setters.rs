//! Setters of a settings struct: `name: type` of a field to a method that changes it in a chain.

/// Written in an `impl` block of the struct.
macro_rules! setters {
    ($($field:ident: $kind:ty),* $(,)?) => {$(
        #[doc = concat!("Sets [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
        #[must_use]
        pub fn $field(mut self, $field: $kind) -> Self {
            self.$field = $field;
            self
        }
    )*};
}

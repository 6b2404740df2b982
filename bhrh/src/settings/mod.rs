//! What a server is set to: how forgiving it is, how much it takes, how long it waits.

#[macro_use]
mod setters;

mod endpoint_limits;
pub(crate) mod limits;
mod profile;
pub(crate) mod timeouts;

pub use endpoint_limits::EndpointLimits;
pub use limits::Limits;
pub use profile::Profile;
pub use timeouts::Timeouts;

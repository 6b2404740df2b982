//! What the engine knows of each place that it listens at.

use std::sync::Arc;

use super::census::Census;
use super::handshakes::Handshakes;
use crate::net::listener::Listener;
use crate::peer::Peer;
use crate::settings::EndpointLimits;
use crate::trusted::Trusted;

/// A place to listen at, as the engine is told of it.
#[derive(Debug)]
pub(crate) struct EndpointSettings {
    /// At least one: a name may stand for several addresses.
    pub(crate) listeners: Vec<Listener>,
    /// What requests are told that they came to.
    pub(crate) address: Peer,
    /// `None`: those of the server alone.
    pub(crate) limits: Option<EndpointLimits>,
    /// Whose fields about the client requests believe.
    pub(crate) trusted: Option<Arc<Trusted>>,
    /// The proxies that relay all connections. `None`: clients connect themselves.
    pub(crate) proxied: Option<Trusted>,
}

/// A place that the engine listens at, and what holds for the connections that arrive there. A
/// connection knows the index of its own in
/// [`Shared::endpoints`](super::shared::Shared::endpoints).
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) address: Peer,
    /// Where its connections count.
    pub(crate) census: Arc<Census>,
    /// Where their handshakes count.
    pub(crate) handshakes: Arc<Handshakes>,
    pub(crate) trusted: Option<Arc<Trusted>>,
    /// Whose headers of the PROXY protocol its connections begin with.
    pub(crate) proxied: Option<Trusted>,
}

impl Endpoint {
    /// `census` and `handshakes`: where the connections of all endpoints count.
    pub(crate) fn new(
        address: Peer,
        limits: Option<EndpointLimits>,
        census: &Arc<Census>,
        handshakes: &Arc<Handshakes>,
    ) -> Self {
        let (census, handshakes) = match limits {
            None => (Arc::clone(census), Arc::clone(handshakes)),
            Some(limits) => (census.part(&limits), handshakes.part(limits.handshakes)),
        };
        Endpoint { address, census, handshakes, trusted: None, proxied: None }
    }
}

//! What a turn is given.

use crate::exchange::wire::LiveWire;
use crate::exchange::{Exchange, ExchangeParts, Scheduling, Server};
use crate::handler::Handler;
use crate::peer::Peer;
use crate::proto::head::RequestHead;
use crate::settings::{Limits, Profile};

/// What stays the same for all turns of a connection.
#[derive(Clone, Copy)]
pub(crate) struct Session<'a> {
    pub(crate) handler: &'a dyn Handler,
    pub(crate) server: &'a Server,
    pub(crate) client_address: &'a Peer,
    pub(crate) profile: &'a Profile,
    pub(crate) limits: &'a Limits,
    pub(crate) scheduling: &'a dyn Scheduling,
}

impl<'a> Session<'a> {
    #[inline(always)]
    pub(super) fn exchange<'e>(
        &self,
        live: &'e LiveWire<'e>,
        head: &'e RequestHead,
        close_connection: bool,
        client_closes: bool,
        logged_late: bool,
    ) -> Exchange<'e>
    where
        'a: 'e,
    {
        Exchange::new(ExchangeParts {
            client_address: self.client_address,
            server: self.server,
            handler: self.handler,
            live,
            head,
            profile: self.profile,
            limits: self.limits,
            scheduling: self.scheduling,
            close_connection,
            client_closes,
            logged_late,
        })
    }
}

//! The list of transports.
//!
//! The engine's hot path is compiled for each of them by itself. What is rare goes through
//! [`AnyChannel::rarely`].

use std::io;
use std::sync::Arc;

use super::channel::Channel;
use super::plain::Plain;
#[cfg(test)]
use super::scrambled::Scrambled;
use super::socket::Socket;
#[cfg(feature = "tls")]
use super::tls::encrypted::Encrypted;

/// A piece of code that is compiled for each transport.
pub(crate) trait ForEach {
    type Output;

    fn run<C: Channel>(self, channel: &Arc<C>) -> Self::Output;
}

macro_rules! transports {
    ($($(#[$attribute:meta])* $name:ident runs $where:ident,)*) => {
        /// A connection's channel. The engine's monitor may hold it too while a handler runs.
        #[derive(Debug)]
        pub(crate) enum AnyChannel {
            $($(#[$attribute])* $name(Arc<$name>),)*
        }

        impl AnyChannel {
            /// Runs the code that was compiled for this channel's transport. It is made where it
            /// runs, since a call wants it in memory.
            #[inline(always)]
            pub(crate) fn run<F: ForEach>(&self, code: impl FnOnce() -> F) -> F::Output {
                match self {
                    $($(#[$attribute])* AnyChannel::$name(channel) => $where(code(), channel),)*
                }
            }

            /// The channel, for what is rare.
            pub(crate) fn rarely(&self) -> &dyn Channel {
                match self {
                    $($(#[$attribute])* AnyChannel::$name(channel) => &**channel,)*
                }
            }

            /// The channel, for a protocol whose threads send by themselves.
            pub(crate) fn shared(&self) -> Arc<dyn Channel> {
                match self {
                    $($(#[$attribute])* AnyChannel::$name(channel) => Arc::<$name>::clone(channel),)*
                }
            }

            /// The socket, for the poller. An error if somebody else still holds the channel, which
            /// nobody does between two services.
            pub(crate) fn own_socket(&mut self) -> io::Result<&mut Socket> {
                let own = match self {
                    $($(#[$attribute])* AnyChannel::$name(channel) => {
                        Arc::get_mut(channel).map(Channel::socket_mut)
                    })*
                };
                own.ok_or_else(|| io::Error::other("the socket is in use"))
            }
        }

        $($(#[$attribute])* impl From<$name> for AnyChannel {
            fn from(channel: $name) -> AnyChannel {
                AnyChannel::$name(Arc::new(channel))
            }
        })*
    };
}

// All transports. Each is a file of this folder.
transports! {
    Plain runs in_place,
    #[cfg(feature = "tls")]
    Encrypted runs apart,
    #[cfg(test)]
    Scrambled runs apart,
}

/// Runs the code as a part of its caller.
#[inline(always)]
fn in_place<F: ForEach, C: Channel>(code: F, channel: &Arc<C>) -> F::Output {
    code.run(channel)
}

/// Runs the code by a call, so that its caller is the same as without this transport: the others do
/// not pay for it.
#[cfg(any(feature = "tls", test))]
#[inline(never)]
fn apart<F: ForEach, C: Channel>(code: F, channel: &Arc<C>) -> F::Output {
    code.run(channel)
}

impl AnyChannel {
    pub(crate) fn socket(&self) -> &Socket {
        self.rarely().socket()
    }
}

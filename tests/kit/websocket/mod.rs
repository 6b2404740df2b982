//! WebSockets: the cases of Autobahn's test suite
//! (<https://github.com/crossbario/autobahn-testsuite>), written anew as tables of bytes, since the
//! suite itself needs Python 2. Each file is some of its groups, and each case has its number
//! there.

mod close;
mod compression;
mod fragments;
mod framing;
mod handshakes;
mod large;
mod play;
mod sockets;
mod utf8;

//! The protocol core: bytes in, values out.
//!
//! No sockets, no clocks, no threads; the date is an argument. Every decision that RFC 9112 asks
//! for is made in one of these files and can be tested with a byte string.
//!
//! | file | decides | RFC |
//! | --- | --- | --- |
//! | `head` | what a request head is, once it is read | 9112 section 2 |
//! | `head_reader` | when what has come of a head is worth reading | 9112 section 2 |
//! | `fast` | the common head, tokenised by httparse | 9112 sections 3, 5 |
//! | `thorough` | every other head: how long it may be, what a profile allows, which error it is | 9112 sections 2.2, 5 |
//! | `request_line` | method, target, version | 9112 sections 2.3, 3 |
//! | `request_target` | the four forms of a target, and `Host` | 9112 section 3.2, 3986 |
//! | `field_meaning` | what the fields say of persistence and expectation | 9112 section 9, 9110 section 10.1.1 |
//! | `framing` | where a body ends, in both directions | 9112 section 6 |
//! | `chunked` | the chunked coding, in both directions | 9112 section 7.1 |
//! | `response`, `header_value`, `head_fault` | the head of a response | 9112 sections 4, 5 |
//! | `opening_cache`, `tracked` | what of it mostly stays the same, what may have to go | |
//! | `forwarded` | who a client is, as trusted proxies tell it | 7239 |
//! | `page` | `error_message_format` | Python's `send_error` |
//! | `proxy_header` | what a proxy says of a connection that it relays | HAProxy's `proxy-protocol.txt` |
//!
//! A request is read like this, and nothing is read twice by different rules:
//!
//! ```text
//! bytes -> fast ----------------> RequestHead -> Meaning -> Exchange
//!             \-> thorough -> RequestHead or ProtocolError
//! ```

pub(crate) mod chunked;
mod fast;
pub(crate) mod field_meaning;
pub(crate) mod forwarded;
pub(crate) mod framing;
pub(crate) mod head;
mod head_fault;
pub(crate) mod head_reader;
pub(crate) mod header_value;
mod opening_cache;
pub(crate) mod page;
pub(crate) mod proxy_header;
mod request_line;
mod request_target;
pub(crate) mod response;
mod thorough;
mod tracked;

//! How many requests each client gets an answer to.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Clients that are remembered. Beyond that, those that have their full allowance are forgotten.
const CLIENTS: usize = 10_000;

/// A bucket for each client: it holds what the client may ask for at once, two seconds' worth, and
/// fills with time.
#[derive(Debug)]
pub(crate) struct RateLimit {
    per_second: f64,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl RateLimit {
    pub(crate) fn new(per_second: NonZeroU32) -> RateLimit {
        RateLimit { per_second: per_second.get().into(), buckets: Mutex::default() }
    }

    /// Counts a request of a client, and says whether to answer it.
    pub(crate) fn allows(&self, client: IpAddr) -> bool {
        let now = Instant::now();
        let full = 2.0 * self.per_second;
        let after = |bucket: &Bucket| {
            (bucket.left + now.duration_since(bucket.at).as_secs_f64() * self.per_second).min(full)
        };
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= CLIENTS {
            buckets.retain(|_, bucket| after(bucket) < full);
            // Ten thousand clients that all ask too much begin anew.
            if buckets.len() >= CLIENTS {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(network(client)).or_insert(Bucket { left: full, at: now });
        let left = after(bucket);
        let allows = left >= 1.0;
        *bucket = Bucket { left: if allows { left - 1.0 } else { left }, at: now };
        allows
    }
}

/// One client of IPv6 has a whole network of 64 bits to come from.
pub(crate) fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address => address,
    }
}

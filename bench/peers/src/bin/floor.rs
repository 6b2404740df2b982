//! The physical floor: what the sockets alone cost on this machine.
//!
//! No HTTP is understood: a request ends at "\r\n\r\n" plus `--body` bytes and
//! is answered with one fixed response of `--reply` bytes, one read and one
//! write a request. `--mode epoll` uses `--threads` edge-triggered epoll loops
//! fed round robin (with `--close 1` a single one, which costs the least);
//! `--mode threads` one blocking thread a connection.
use std::os::fd::{AsRawFd, IntoRawFd, RawFd};
use std::sync::Arc;

struct Floor {
    len: usize,     // of one response
    batch: Vec<u8>, // the response, repeated while it stays small
    body: usize,    // request body bytes after each head
    close: bool,    // close after each response
}

#[derive(Clone, Default)]
struct Conn {
    tail: [u8; 3], // the last bytes of a head not yet whole
    skip: usize,   // body bytes still to come
    owed: usize,   // response bytes still to write
    armed: bool,   // watched for writability as well
}

/// Where "\r\n\r\n" ends in data that follows on tail.
fn head_end(tail: &[u8; 3], data: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = &data[at..];
        let found = unsafe { libc::memchr(rest.as_ptr().cast(), b'\n' as i32, rest.len()) };
        if found.is_null() {
            return None;
        }
        let i = found as usize - data.as_ptr() as usize;
        let back = |k: usize| if i >= k { data[i - k] } else { tail[3 + i - k] };
        at = i + 1;
        if back(1) == b'\r' && back(2) == b'\n' && back(3) == b'\r' {
            return Some(at);
        }
    }
}

#[derive(PartialEq)]
enum After {
    Again,   // the buffer came full: there may be more to read
    Drained, // wait for the next event
    Close,
}

impl Floor {
    fn feed(&self, conn: &mut Conn, mut data: &[u8]) {
        while !data.is_empty() {
            if conn.skip > 0 {
                let n = conn.skip.min(data.len());
                conn.skip -= n;
                data = &data[n..];
                if conn.skip == 0 {
                    conn.owed += self.len;
                }
                continue;
            }
            let Some(end) = head_end(&conn.tail, data) else {
                for &b in &data[data.len().saturating_sub(3)..] {
                    conn.tail = [conn.tail[1], conn.tail[2], b];
                }
                return;
            };
            conn.tail = [0; 3];
            conn.skip = self.body;
            if self.body == 0 {
                conn.owed += self.len;
            }
            data = &data[end..];
        }
    }

    fn flush(&self, fd: RawFd, conn: &mut Conn) -> After {
        while conn.owed > 0 {
            let off = (self.len - conn.owed % self.len) % self.len;
            let n = conn.owed.min(self.batch.len() - off);
            let w =
                unsafe { libc::send(fd, self.batch[off..].as_ptr().cast(), n, libc::MSG_NOSIGNAL) };
            if w < 0 {
                let again =
                    std::io::Error::last_os_error().kind() == std::io::ErrorKind::WouldBlock;
                return if again { After::Drained } else { After::Close };
            }
            conn.owed -= w as usize;
            if conn.owed == 0 && self.close {
                return After::Close;
            }
        }
        After::Again
    }

    /// One read, then the write it calls for.
    fn turn(&self, fd: RawFd, conn: &mut Conn, buf: &mut [u8]) -> After {
        if conn.owed > 0 {
            let after = self.flush(fd, conn);
            if after != After::Again {
                return after;
            }
        }
        let n = unsafe { libc::recv(fd, buf.as_mut_ptr().cast(), buf.len(), 0) };
        if n < 0 && std::io::Error::last_os_error().kind() == std::io::ErrorKind::WouldBlock {
            return After::Drained;
        }
        if n <= 0 {
            return After::Close;
        }
        self.feed(conn, &buf[..n as usize]);
        match self.flush(fd, conn) {
            After::Again if (n as usize) < buf.len() => After::Drained,
            after => after,
        }
    }
}

fn ctl(ep: RawFd, op: i32, fd: RawFd, events: i32) {
    let mut ev = libc::epoll_event { events: events as u32, u64: fd as u64 };
    unsafe { libc::epoll_ctl(ep, op, fd, &mut ev) };
}

fn slot(conns: &mut Vec<Conn>, fd: RawFd) -> &mut Conn {
    if conns.len() <= fd as usize {
        conns.resize(fd as usize + 1, Conn::default());
    }
    &mut conns[fd as usize]
}

fn epoll_loop(floor: &Floor, me: usize, eps: &[RawFd], listener: RawFd) {
    let ep = eps[me];
    let mut conns: Vec<Conn> = Vec::new();
    let mut buf = vec![0u8; 64 << 10];
    let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; 512];
    let mut next = 0;
    loop {
        let n = unsafe { libc::epoll_wait(ep, events.as_mut_ptr(), events.len() as i32, -1) };
        for ev in events.iter().take(n.max(0) as usize) {
            let fd = ev.u64 as RawFd;
            if fd == listener {
                loop {
                    let c = unsafe {
                        libc::accept4(
                            fd,
                            std::ptr::null_mut(),
                            std::ptr::null_mut(),
                            libc::SOCK_NONBLOCK,
                        )
                    };
                    if c < 0 {
                        break;
                    }
                    nodelay(c);
                    // Short-lived: the request may be there already.
                    if floor.close && floor.turn(c, slot(&mut conns, c), &mut buf) == After::Close {
                        conns[c as usize] = Conn::default();
                        unsafe { libc::close(c) };
                        continue;
                    }
                    ctl(
                        eps[next % eps.len()],
                        libc::EPOLL_CTL_ADD,
                        c,
                        libc::EPOLLIN | libc::EPOLLET,
                    );
                    next += 1;
                }
                continue;
            }
            let conn = slot(&mut conns, fd);
            let mut after = After::Again;
            while after == After::Again {
                after = floor.turn(fd, conn, &mut buf);
            }
            if after == After::Close {
                *conn = Conn::default();
                unsafe { libc::close(fd) };
            } else if conn.owed > 0 && !conn.armed {
                conn.armed = true;
                ctl(ep, libc::EPOLL_CTL_MOD, fd, libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLET);
            }
        }
    }
}

fn nodelay(fd: RawFd) {
    let one = 1i32;
    unsafe {
        libc::setsockopt(fd, libc::IPPROTO_TCP, libc::TCP_NODELAY, (&raw const one).cast(), 4)
    };
}

fn main() {
    let args = peers::args();
    let num = |name, default| peers::opt(name).map_or(default, |n| n.parse().expect(name));
    let reply = num("--reply", 0usize);
    let payload = if reply == 0 { peers::HELLO.to_string() } else { "x".repeat(reply) };
    let close = peers::opt("--close").is_some();
    let response = format!(
        "HTTP/1.1 200 OK\r\nServer: floor\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\
         Content-Type: text/plain\r\nContent-Length: {}\r\n{}\r\n{payload}",
        payload.len(),
        if close { "Connection: close\r\n" } else { "" }
    );
    let floor = Arc::new(Floor {
        len: response.len(),
        batch: response.as_bytes().repeat(((16 << 10) / response.len()).max(1)),
        body: num("--body", 0),
        close,
    });
    let listener = std::net::TcpListener::bind(&args.bind).expect("bind");
    unsafe { libc::listen(listener.as_raw_fd(), 4096) };

    if peers::opt("--mode").as_deref() == Some("threads") {
        for stream in listener.incoming() {
            let fd = stream.expect("accept").into_raw_fd();
            let floor = floor.clone();
            let thread = std::thread::Builder::new().stack_size(64 << 10);
            let body = move || {
                nodelay(fd);
                let mut buf = vec![0u8; if floor.body > 0 { 64 << 10 } else { 4 << 10 }];
                let mut conn = Conn::default();
                while floor.turn(fd, &mut conn, &mut buf) != After::Close {}
                unsafe { libc::close(fd) };
            };
            thread.spawn(body).expect("thread");
        }
        return;
    }
    listener.set_nonblocking(true).expect("nonblocking");
    let listener = listener.as_raw_fd();
    let loops = if floor.close { 1 } else { args.threads };
    let eps: Vec<RawFd> = (0..loops).map(|_| unsafe { libc::epoll_create1(0) }).collect();
    ctl(eps[0], libc::EPOLL_CTL_ADD, listener, libc::EPOLLIN);
    std::thread::scope(|s| {
        for me in 0..eps.len() {
            let (floor, eps) = (&floor, &eps);
            s.spawn(move || epoll_loop(floor, me, eps, listener));
        }
    });
}

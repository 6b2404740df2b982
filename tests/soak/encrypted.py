"""The soak's clients over TLS, at an endpoint of their own, whose certificate is renewed all the time.

Each handshake is checked: the certificate has to be of the soak's own authority.
"""

import pathlib
import random
import ssl
import subprocess

# The server looks at its files once a second.
RENEWED = 15


def openssl(folder, command):
    subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)


class Authority:
    """An authority, and the server's files."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        openssl(folder, f"req -x509 {key} -days 30 -subj /CN=authority -keyout authority.key -out authority.pem")
        (self.folder / "names").write_text("subjectAltName=DNS:localhost\n")
        self.request = f"req {key} -subj /CN=localhost -keyout new.key -out new.csr"
        self.issue()
        for name in ("pem", "key"):
            (self.folder / f"server.{name}").write_bytes((self.folder / f"new.{name}").read_bytes())

    def issue(self):
        """A new pair, in new.pem and new.key. -> its serial number"""
        openssl(self.folder, self.request)
        serial = f"{random.getrandbits(120) | 1 << 120:X}"
        sign = "x509 -req -in new.csr -CA authority.pem -CAkey authority.key -days 30 -extfile names"
        openssl(self.folder, f"{sign} -set_serial 0x{serial} -out new.pem")
        return serial

    def context(self, version=None):
        made = ssl.create_default_context(cafile=self.folder / "authority.pem")
        if version:
            made.minimum_version = made.maximum_version = version
        return made


def encrypted(soak, version=None, session=None):
    """A client whose handshake is over."""
    client = soak.client(address=soak.secured)
    context = session.context if session else soak.authority.context(version)
    try:
        old = session.session if session else None
        client.socket = context.wrap_socket(client.socket, server_hostname="localhost", session=old)
    except BaseException:
        client.socket.close()
        raise
    return client


def ask(soak, client):
    body = random.randbytes(random.choice([0, 10, 1000, 20_000, 200_000]))
    client.send(soak.request("POST", "/", body=body) if body else soak.request("GET", "/"))
    client.expect(200, body or b"OK")


# Normal clients.

def secured(soak):
    version = random.choice([None, ssl.TLSVersion.TLSv1_2])
    with encrypted(soak, version) as client:
        for _ in range(random.randint(1, 20)):
            if soak.pausing.wait(random.uniform(0, 0.1)):
                return
            ask(soak, client)


def secured_again(soak):
    """A second connection with the first one's ticket."""
    with encrypted(soak, random.choice([None, ssl.TLSVersion.TLSv1_2])) as client:
        ask(soak, client)
        before = client.socket
        with encrypted(soak, session=before) as again:
            if not again.socket.session_reused:
                raise soak.Wrong("the ticket was not taken")
            ask(soak, again)


def secured_large(soak):
    with encrypted(soak) as client:
        for _ in range(random.randint(1, 4)):
            client.send(soak.request("GET", "/large"))
            client.expect(200, b"x" * (1 << 20))


def renewed(soak):
    """The certificate's files, written with a pause in the middle. New clients get the new one."""
    folder = soak.authority.folder
    serial = soak.authority.issue()
    for name in ("pem", "key"):
        content = (folder / f"new.{name}").read_bytes()
        with open(folder / f"server.{name}", "wb") as file:
            file.write(content[: len(content) // 2])
            file.flush()
            soak.pausing.wait(1.2)
            file.write(content[len(content) // 2:])
    for _ in range(RENEWED):
        with encrypted(soak) as client:
            found = client.socket.getpeercert()["serialNumber"]
        if found.lstrip("0") == serial.lstrip("0"):
            soak.count("renewed")
            break
        if soak.pausing.wait(1):
            return
    else:
        raise soak.Wrong(f"the certificate is not renewed: {found}, not {serial}")
    soak.pausing.wait(5)


# Hostile clients.

def hello():
    there = ssl.MemoryBIO()
    try:
        ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), there, server_hostname="localhost").do_handshake()
    except ssl.SSLWantReadError:
        pass
    return there.read()


def half_a_handshake(soak):
    """Several that say half of what they have to, and wait."""
    data = hello()
    stuck = []
    try:
        for _ in range(random.randint(1, 20)):
            stuck.append(soak.client(address=soak.secured))
            stuck[-1].send(data[: random.randrange(len(data))])
        soak.pausing.wait(random.uniform(0, 14))
    finally:
        for client in stuck:
            random.choice([client.reset, client.socket.close])()


def slow_handshake(soak):
    with soak.client(address=soak.secured) as client:
        client.drip(hello(), random.randint(1, 20), 0.1)


def reset_after_hello(soak):
    client = soak.client(address=soak.secured)
    client.send(hello())
    if random.random() < 0.5:
        client.socket.recv(random.randint(1, 3000))
    client.reset()


def other_bytes(soak):
    """What is no TLS, or no more."""
    with soak.client(address=soak.secured) as client:
        plain = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        client.send(random.choice([plain, random.randbytes(500), hello() + random.randbytes(300)]))
        client.rest(10)


def gone_in_the_middle(soak):
    """A reset while an encrypted answer is on its way, or without the end of a request."""
    client = encrypted(soak)
    part = soak.request("POST", "/", "Content-Length: 50000") + b"some of it"
    if random.random() < 0.5:
        client.send(part)
    else:
        client.send(soak.request("GET", "/large") * 3)
        client.socket.recv(random.randint(1, 100_000))
    client.reset()


def idle_and_secured(soak):
    with encrypted(soak) as client:
        client.send(soak.request("GET", "/"))
        soak.pausing.wait(random.uniform(1, 12))


NORMAL = [secured, secured, secured_again, secured_large, renewed]
HOSTILE = [half_a_handshake, slow_handshake, reset_after_hello, other_bytes, gone_in_the_middle, idle_and_secured]

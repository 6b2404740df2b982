"""The certificate of the servers that encrypt, and what their clients need."""

import ssl
import subprocess
from pathlib import Path


def certificate(folder):
    """The folder with `cert.pem` and `key.pem`, made once a run: ECDSA with P-256."""
    place = Path(folder) / "certificate"
    if not place.exists():
        place.mkdir()
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30"
        command += " -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
        files = ["-keyout", place / "key.pem", "-out", place / "cert.pem"]
        subprocess.run([*command.split(), *files], check=True, capture_output=True)
    return place


def context():
    """What a client speaks; it takes any certificate. No session outlives its connection."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def first_message():
    """The ClientHello."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        context().wrap_bio(back, there, server_hostname="localhost").do_handshake()
    except ssl.SSLWantReadError:
        pass
    return there.read()

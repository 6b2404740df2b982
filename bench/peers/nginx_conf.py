"""Writes an nginx configuration into a fresh temporary folder and becomes nginx.

Only /plaintext, /json (fixed text) and /bytes/1048576 (a file) can be had. `--tls FOLDER`: with the
certificate and key there.
"""
import os
import sys
import tempfile


def arg(name):
    return sys.argv[sys.argv.index(name) + 1]


tls = arg("--tls") if "--tls" in sys.argv else None


root = tempfile.mkdtemp(prefix="nginx-peer-")
os.mkdir(root + "/bytes")
with open(root + "/bytes/1048576", "wb") as f:
    f.write(b"x" * 1048576)
with open(root + "/nginx.conf", "w") as f:
    f.write(f"""
daemon off;
{"user root;" if os.getuid() == 0 else ""}
worker_processes {arg("--threads")};
pid {root}/pid;
error_log stderr crit;
worker_rlimit_nofile 20000;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    keepalive_timeout 75s;
    keepalive_requests 1000000000;
    sendfile on;
    tcp_nopush on;
    client_body_temp_path {root}; proxy_temp_path {root}; fastcgi_temp_path {root};
    uwsgi_temp_path {root}; scgi_temp_path {root};
    server {{
        listen {arg("--bind")} backlog=4096 {"ssl" if tls else ""};
        {f"ssl_certificate {tls}/cert.pem; ssl_certificate_key {tls}/key.pem;" if tls else ""}
        ssl_protocols TLSv1.2 TLSv1.3;
        root {root};
        location = /plaintext {{ default_type text/plain; return 200 "Hello, World!"; }}
        location = /json {{ default_type application/json; return 200 '{{"message":"Hello, World!"}}'; }}
        location /bytes/ {{ default_type application/octet-stream; }}
    }}
}}
""")
os.execvp("nginx", ["nginx", "-c", root + "/nginx.conf", "-e", "stderr"])

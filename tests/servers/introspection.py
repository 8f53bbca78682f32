"""A token introspection endpoint (RFC 7662) for servers that check XOAUTH2 tokens."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_to_bytes


class _Introspection(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        asked = unquote_to_bytes(self.rfile.read(length)).decode()
        found = re.search(r"token-of-([^&\s]+)", asked)
        answer = {"active": True, "email": found[1]} if found else {"active": False}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@contextmanager
def introspection() -> Iterator[str]:
    """URL of an endpoint that takes `token-of-ADDRESS` for ADDRESS, and nothing else."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Introspection)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/introspect"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""A provider of tokens on loopback, asked by the engine, by a browser and by mail servers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from fakes.token_provider import TokenProvider


@contextmanager
def token_server(provider: TokenProvider) -> Iterator[str]:
    """Where that provider is reached, without a slash at the end."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self._answer(body.decode())

        def do_GET(self) -> None:
            self._answer("")

        def _answer(self, body: str) -> None:
            place = urlsplit(self.path)
            with lock:
                status, headers, content = provider.answer(place.path, place.query, body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""Subscribers to send to, on this machine: decent ones, and all the others."""

import json
import socket
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace


class Receiver:
    """An HTTP server that keeps what it gets, and answers what it is told."""

    def __init__(self, tls=None):
        self.got, self.status, self.headers, self.body = [], 204, {}, b""
        self.on_request = lambda _: None
        self._changed = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                request = SimpleNamespace(path=self.path, headers=dict(self.headers.items()), body=body)
                receiver.on_request(request)
                with receiver._changed:
                    receiver.got.append(request)
                    receiver._changed.notify_all()
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(receiver.body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # whoever hangs up on us is no news
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}/hook"

    @property
    def types(self):
        return [json.loads(request.body)["type"] for request in self.got]

    @property
    def ids(self):
        return [request.headers["webhook-id"] for request in self.got]

    def wait_for(self, count):
        """Until so many requests came; false when they do not."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.got) >= count, timeout=60)


@contextmanager
def receiver(tls=None):
    """A decent subscriber."""
    made = Receiver(tls)
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        thread.join()
        made.server.server_close()


class Raw:
    """A server of bare sockets. What it does with a connection ends when `done` is set."""

    def __init__(self, behave):
        self.connections, self.done = 0, threading.Event()
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"

    def serve(self):
        threads = []
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                break
            self.connections += 1
            threads.append(threading.Thread(target=self._one, args=(connection,)))
            threads[-1].start()
        for thread in threads:
            thread.join()

    def _one(self, connection):
        with connection:
            connection.settimeout(60)
            with suppress(OSError):
                self._behave(self, connection)

    def close(self):
        self.done.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def raw(behave):
    """A subscriber that behaves as the function does: it gets the server and the connection."""
    made = Raw(behave)
    thread = threading.Thread(target=made.serve)
    thread.start()
    try:
        yield made
    finally:
        made.close()
        thread.join()


def silent(server, _):
    """Takes the connection, and says nothing."""
    server.done.wait(60)

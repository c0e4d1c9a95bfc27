"""A real server, for what a client within the process cannot show."""

import threading

import uvicorn


class Server(uvicorn.Server):
    """A real server in a thread."""

    def __enter__(self):
        self._thread = threading.Thread(target=self.run)
        self._thread.start()
        while not self.started:
            assert self._thread.is_alive()
        [socket] = self.servers[0].sockets
        self.address = f"http://127.0.0.1:{socket.getsockname()[1]}"
        return self

    def __exit__(self, *_):
        self.should_exit = True
        self._thread.join()

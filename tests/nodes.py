"""Real nodes for tests: an Anvil of one's own in any mining mode, and a proxy that loses or delays its answers."""

import contextlib
import socket
import subprocess
import threading
import time

from fenrun.chain.client import Client
from fenrun.chain.devnet import anvil_program, free_port
from fenrun.chain.errors import ChainUnavailableError, RpcError

CHAIN_ID = 4_242


class Node:
    """An Anvil that keeps its chain over a clean restart. `mining`: None for none, seconds, or "auto"."""

    def __init__(self, folder, funded, mining=None, chain_id=CHAIN_ID):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._state = folder / "anvil-state.json"
        self._mining, self._chain_id = mining, chain_id
        self._process = None
        self.start()
        self.client = Client(self.url)
        for address in funded:
            self.client.call("anvil_setBalance", address, hex(10**24))

    def start(self):
        mining = {None: ["--no-mining"], "auto": []}.get(self._mining, ["--block-time", str(self._mining)])
        self._process = subprocess.Popen(
            [anvil_program(), "--port", str(self.port), "--chain-id", str(self._chain_id), "--accounts", "0",
             "--order", "fifo", "--silent", "--state", str(self._state), *mining],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        client = Client(self.url)
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(ChainUnavailableError, RpcError):
                client.call("eth_chainId")
                break
            assert self._process.poll() is None, "Anvil ended"
            assert time.monotonic() < deadline
            time.sleep(0.01)
        client.close()

    def stop(self):
        self.client.close()
        self._process.terminate()
        self._process.wait(20)

    def restart(self):
        """Ends it and starts it again: the chain is the same, what was waiting is gone."""
        self.stop()
        self.start()

    def mine(self, blocks=1):
        for _ in range(blocks):
            self.client.call("evm_mine")

    def transactions(self):
        """Every transaction in a block, in order."""
        tip = int(self.client.call("eth_blockNumber"), 16)
        found = []
        for number in range(tip + 1):
            found += self.client.call("eth_getBlockByNumber", hex(number), True)["transactions"]
        return found


class Proxy:
    """Stands before a node. `fault` makes of the next requests, one by one: "refuse" (never reaches the node), "lose"
    (reaches it, the answer is lost), "late" (the answer comes after what was asked next elsewhere), or None.
    """

    def __init__(self, port):
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.faults = []
        self.done = 0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self):
        self._stopping = True
        self._listener.close()

    def _run(self):
        while not self._stopping:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, contextlib.suppress(OSError):
            while request := _message(connection):
                fault = self.faults.pop(0) if self.faults else None
                self.done += fault is not None
                if fault == "refuse":
                    return
                with socket.create_connection(("127.0.0.1", self._target)) as upstream:
                    upstream.sendall(request)
                    answer = _message(upstream)
                if fault == "lose":
                    return
                if fault == "late":
                    time.sleep(0.05)
                connection.sendall(answer)


def _message(connection):
    """One HTTP message with its body; empty at the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65_536)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body

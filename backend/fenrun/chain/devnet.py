"""The embedded chain: a real Anvil, whose blocks are made when we say so, at the time we say.

It keeps no state of its own. The database holds every raw transaction and the time of every block, so a chain that is
gone (killed, machine restarted) is made again from block 0; a chain made so has the same block hashes.
"""

import contextlib
import json
import os
import platform
import signal
import socket
import subprocess
import time
from pathlib import Path

from fenrun.chain.client import Client, to_hex
from fenrun.chain.errors import ChainUnavailableError, IndexerStoppedError, RpcError
from fenrun.kit.errors import SetupError

CHAIN_ID = 31_337
# Anvil hashes its whole state for every block: few large blocks are quicker than many small ones.
_BLOCK_GAS = 1_000_000_000
# States of past blocks, each a copy of everything: what a reorg may take back, and no more. Blocks, receipts and logs
# are all kept.
_KEPT_STATES = 16
_START_SECONDS = 20
_REBUILD_BLOCKS = 50


class Devnet:
    """One Anvil for one folder. It outlives the process that started it, until `stop`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process_file = folder / "anvil.json"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, funded: list[str], genesis_time: int) -> tuple[str, bool]:
        """Starts the chain, or joins the one that runs.

        Args:
            funded: Addresses that own the fees' coin from genesis on.
            genesis_time: Unix seconds of block 0.

        Returns:
            The node's address, and whether it was started just now and so is at block 0.

        Raises:
            SetupError: no Anvil on this machine, or it does not start.
        """
        running = self.running()
        if running is not None:
            return running, False
        self._folder.mkdir(parents=True, exist_ok=True)
        genesis = self._folder / "genesis.json"
        if not _begins(genesis, genesis_time):
            genesis.write_text(json.dumps(_genesis(funded, genesis_time)))
        port = self._port()
        command = [
            anvil_program(), "--host", "127.0.0.1", "--port", str(port),
            "--init", str(genesis), "--timestamp", str(genesis_time), "--chain-id", str(CHAIN_ID),
            "--accounts", "0", "--no-mining", "--order", "fifo", "--gas-limit", str(_BLOCK_GAS),
            "--enable-tx-gas-limit", "--prune-history", str(_KEPT_STATES),
            "--no-request-size-limit", "--silent",
        ]  # fmt: skip
        with (self._folder / "anvil.log").open("ab") as log:
            # A session of its own: whatever ends our process, even by force, leaves the chain alone.
            process = self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._process_file.write_text(json.dumps({"pid": process.pid, "port": port}))
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if _answers(url):
                return url, True
            time.sleep(0.02)
        raise SetupError(f"Anvil does not start; its log is {self._folder / 'anvil.log'}")

    def stop(self) -> None:
        """Ends the chain that `start` started, if it still runs."""
        if self.running() is not None:
            pid = json.loads(self._process_file.read_text())["pid"]
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
                for _ in range(200):
                    if not self._is_alive(pid):
                        break
                    time.sleep(0.02)

    def _port(self) -> int:
        """The port that this chain had before, where it is free: others know it by that."""
        with contextlib.suppress(OSError, json.JSONDecodeError):
            port = int(json.loads(self._process_file.read_text())["port"])
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
                return port
        return free_port()

    def address(self) -> str | None:
        """Where the chain of this folder is, or was when it ran last; None if it never ran."""
        try:
            return f"http://127.0.0.1:{json.loads(self._process_file.read_text())['port']}"
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    def running(self) -> str | None:
        """The address of the chain of this folder, if it runs."""
        try:
            content = json.loads(self._process_file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        url = f"http://127.0.0.1:{content['port']}"
        # After a restart of the machine the number may be another program's.
        return url if self._is_anvil(content["pid"]) and _answers(url) else None

    def _is_alive(self, pid: int) -> bool:
        if self._process is not None and self._process.pid == pid:
            # Our own child would stay as a zombie until it is asked.
            return self._process.poll() is None
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _is_anvil(self, pid: int) -> bool:
        if not self._is_alive(pid):
            return False
        command = Path(f"/proc/{pid}/cmdline")
        return not command.exists() or b"anvil" in command.read_bytes()


def mine(client: Client, timestamp: int) -> None:
    """Makes one block with everything that waits, at a time."""
    client.call("evm_mine", hex(timestamp))


def rebuild(client: Client, tip: int, blocks: list[tuple[int, bytes, list[bytes]]]) -> None:
    """Makes a chain again, from the block after its tip on.

    Args:
        tip: The node's last block; above zero when an earlier rebuild was cut short.
        blocks: For the blocks after it: time, hash, raw transactions in their order.

    Raises:
        IndexerStoppedError: a block comes out with another hash.
    """
    for start in range(0, len(blocks), _REBUILD_BLOCKS):
        page = blocks[start : start + _REBUILD_BLOCKS]
        for timestamp, _, raws in page:
            for raw in raws:
                # The node may know it, from a rebuild that was cut short; the block's hash is what counts.
                client.try_batch([("eth_sendRawTransaction", [to_hex(raw)])])
            mine(client, timestamp)
        number = tip + start + len(page)
        made = client.call("eth_getBlockByNumber", hex(number), False)
        if made is None or made["hash"] != to_hex(page[-1][1]):
            raise IndexerStoppedError(
                f"The embedded chain could not be made again from the stored transactions: block {number} differs. "
                "The books are untouched; restore the folder from a backup or remove it to start over."
            )


def _begins(genesis: Path, timestamp: int) -> bool:
    """Whether a file is this chain's first block: it stays, though a later program would give coin to more keys."""
    try:
        return bool(json.loads(genesis.read_text())["timestamp"] == hex(timestamp))
    except (OSError, ValueError, KeyError):
        return False


def _genesis(funded: list[str], timestamp: int) -> dict[str, object]:
    return {
        "config": {"chainId": CHAIN_ID},
        "nonce": "0x0",
        "timestamp": hex(timestamp),
        "gasLimit": hex(_BLOCK_GAS),
        "difficulty": "0x0",
        "baseFeePerGas": "0x0",
        "mixHash": "0x" + "00" * 32,
        "coinbase": "0x" + "00" * 20,
        "alloc": {address: {"balance": hex(10**27)} for address in funded},
    }


def anvil_program() -> str:
    """Anvil's own program, not its launcher, so that its process id is the one we start."""
    given = os.environ.get("FENRUN_ANVIL")
    if given:
        return given
    machine = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
    package = f"anvil-{platform.system().lower()}-{machine.get(platform.machine().lower(), '')}"
    root = Path(__file__).resolve().parents[3]
    path = root / "node_modules" / "@foundry-rs" / package / "bin" / "anvil"
    if not path.exists():
        raise SetupError("Anvil is not installed: run `make setup`, or set FENRUN_ANVIL to its program")
    return str(path)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    client = Client(url)
    try:
        return bool(client.call("eth_chainId"))
    except (ChainUnavailableError, RpcError):
        return False
    finally:
        client.close()

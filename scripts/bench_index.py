"""What indexing costs, from block 0 on an empty database, beside two things in the same run: what web3.py needs only to
decode the same logs, and what it takes to fetch them and COPY one bare row per credited leg.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session
from web3 import HTTPProvider, Web3

from fenrun.chain.client import hex_bytes
from fenrun.chain.codec import Ints, Leaves, unpack_leaves
from fenrun.chain.contracts import artifact
from fenrun.kit import migrations
from fenrun.kit.db import connect, copy_columns, copy_rows, ensure_database, sessions
from fenrun.settlement.tasks import Road

LEDGER = "SettlementLedger"
Columns = dict[str, Ints]
_PAGE = 100
_FOLDED = {
    "commissions": "order_number, role, partner_number, plan_number, tier, rate_bps, amount, settled_on, release_on,"
    " block_number, clawed_back, dispute",
    "holds": "partner_number, release_on, amount",
    "partner_months": "partner_number, month, orders, volume, referrer, implementer, trainer, clawed_back, paid",
    "maturities": "partner_number, release_on, amount, debt_repaid, cumulative, matured_on, block_number",
    "transactions": "number, kind, effective_on, chain_head, previous_hash, hash",
    "accounts": "kind, partner_number, pending_debits, pending_credits, debits, credits",
}


def measure(road: Road, home: Path) -> dict[str, Any]:
    """Indexes the chain of a road anew, and the two things beside it.

    Raises:
        SystemExit: the rows are not those of the live database.
    """
    url = road.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    engine = connect(ensure_database(url, f"bench_{hashlib.sha256(str(home).encode()).hexdigest()[:8]}"))
    migrations.upgrade(engine)
    beside = replace(road.beside(), engine=engine, sessions=sessions(engine))
    bare, legs = _bare(beside, _as_columns)
    row_by_row, _ = _bare(beside, _row_by_row)
    started = time.monotonic()
    beside.index()
    indexed = time.monotonic() - started
    beside.seal()
    seconds = time.monotonic() - started
    logs_only, unpacked = _web3(road)
    with road.sessions() as live, beside.sessions() as fresh:
        for table, columns in _FOLDED.items():
            if _digest(live, table, columns) != _digest(fresh, table, columns):
                raise SystemExit(f"{table}: indexed anew it is not the same")
    engine.dispose()
    return {
        "index_legs": legs,
        "index_events_s": round(legs / seconds),
        "index_without_journal_events_s": round(legs / indexed),
        "index_vs_web3": round(unpacked / seconds, 2),
        "index_vs_web3_logs_only": round(logs_only / seconds, 3),
        "index_vs_bare": round(seconds / bare, 2),
        "index_vs_bare_row_by_row": round(seconds / row_by_row, 2),
    }


def _pages(road: Road) -> list[tuple[int, int]]:
    tip = int(road.client.call("eth_blockNumber"), 16)
    return [(start, min(start + _PAGE - 1, tip)) for start in range(0, tip + 1, _PAGE)]


def _as_columns(session: Session, columns: Columns) -> None:
    copy_columns(session, "bare", {name: (">i8", column) for name, column in columns.items()})


def _row_by_row(session: Session, columns: Columns) -> None:
    """As psycopg's own COPY is used."""
    copy_rows(session, "bare", list(columns), zip(*(column.tolist() for column in columns.values()), strict=True))


def _bare(road: Road, write: Callable[[Session, Columns], None]) -> tuple[float, int]:
    """Seconds to fetch the logs and COPY a row per leg into a table without index, and how many legs there are."""
    contract, address = artifact(LEDGER), road.deployment.addresses[LEDGER]
    legs, started = 0, time.monotonic()
    with road.sessions.begin() as session:
        table = "CREATE TEMPORARY TABLE bare (order_number bigint, partner bigint, amount bigint) ON COMMIT DROP"
        session.execute(text(table))
        for start, end in _pages(road):
            window = {"fromBlock": hex(start), "toBlock": hex(end), "address": address}
            for raw in road.client.call("eth_getLogs", window):
                if contract.event_names.get(hex_bytes(raw["topics"][0])) != "BatchSettled":
                    continue
                leaves = Leaves(contract.event("BatchSettled", hex_bytes(raw["data"]))["leaves"])
                rows, roles = np.nonzero(leaves.partners > 0)
                columns = {
                    "order_number": leaves.order_no[rows],
                    "partner": leaves.partners[rows, roles],
                    "amount": leaves.shares[rows, roles],
                }
                write(session, columns)
                legs += len(rows)
    return time.monotonic() - started, legs


def _web3(road: Road) -> tuple[float, float]:
    """Seconds that web3.py needs to decode the logs, and with what they carry taken apart into legs."""
    node = Web3(HTTPProvider(road.client.url))
    contract = node.eth.contract(
        address=node.to_checksum_address(road.deployment.addresses[LEDGER]), abi=list(artifact(LEDGER).abi)
    )
    decoding = unpacking = 0.0
    for start, end in _pages(road):
        begun = time.monotonic()
        logs = contract.events.BatchSettled.get_logs(from_block=start, to_block=end)
        decoding += time.monotonic() - begun
        begun = time.monotonic()
        for log in logs:
            for _ in unpack_leaves(bytes(log["args"]["leaves"])):
                pass
        unpacking += time.monotonic() - begun
    return decoding, decoding + unpacking


def _digest(session: Session, table: str, columns: str) -> str | None:
    rows = f"SELECT {columns} FROM {table} ORDER BY {columns}"  # noqa: S608 - our own words
    found: str | None = session.scalar(text(f"SELECT md5(string_agg(r::text, ',')) FROM ({rows}) r"))  # noqa: S608
    return found

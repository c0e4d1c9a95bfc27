"""What health and figures say."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from fenrun.chain.client import Client
from fenrun.chain.errors import ChainUnavailableError, RpcError
from fenrun.operations import repository

MOST_LAG_BLOCKS = 50
"""How far the indexer may be behind the node for an installation to be ready."""


@dataclass(frozen=True)
class Finding:
    """Whether one thing is well, and what to do if not."""

    name: str
    ok: bool
    detail: str


def readiness(sessions: "sessionmaker[Session]", new_client: Callable[[], Client]) -> list[Finding]:
    """Database, node, indexer and the last audit, each looked at now."""
    try:
        with sessions() as session:
            at = repository.progress(session).block
            audit = repository.last_audit(session)
    except SQLAlchemyError:
        return [Finding("database", ok=False, detail="It does not answer")]
    found = [Finding("database", ok=True, detail="It answers")]
    client = new_client()
    try:
        tip = int(client.call("eth_blockNumber"), 16)
    except (ChainUnavailableError, RpcError) as error:
        found.append(Finding("node", ok=False, detail=error.detail))
    else:
        found.append(Finding("node", ok=True, detail=f"At block {tip}"))
        lag = max(tip - at, 0)
        found.append(Finding("indexer", lag <= MOST_LAG_BLOCKS, f"{lag} blocks behind"))
    finally:
        client.close()
    found.append(_of_audit(audit))
    return found


def _of_audit(audit: repository.LastAudit | None) -> Finding:
    if audit is None:
        return Finding("audit", ok=True, detail="None ran yet")
    wrong = [name for name, differences in audit.differences.items() if differences]
    detail = f"{audit.age_seconds:.0f} seconds ago" + (f": {', '.join(wrong)}; run `fenrun audit`" if wrong else "")
    return Finding("audit", audit.ok, detail)


class Figures:
    """What Prometheus asks for. All of it is the database's, so that every replica answers the same."""

    def __init__(self, sessions: "sessionmaker[Session]", new_client: Callable[[], Client]) -> None:
        self._sessions, self._new_client = sessions, new_client

    def collect(self) -> Iterable[Metric]:
        """The figures of now."""
        with self._sessions() as session:
            progress = repository.progress(session)
            intents = repository.open_intents(session)
            audit = repository.last_audit(session)
            failures = repository.failures(session)
        yield _counter("orders_accepted", "Orders taken in", progress.accepted)
        yield _gauge("orders_waiting", "Orders without a batch", progress.waiting)
        yield _gauge("orders_failed", "Orders set aside, with a reason", progress.failed)
        yield _gauge("events_parked", "Events that wait for something still to come", progress.parked)
        yield _counter("batches", "Batches made", progress.batches)
        yield _counter("gas_used", "Gas of all transactions of ours in blocks", progress.gas)
        yield _gauge("intents_given_up", "Calls that the contracts refused or reverted too often", progress.given_up)
        yield _gauge("indexed_block", "The last block that the indexer read", progress.block)
        yield _gauge("ledger_log", "The ledger contract's last log that was read", progress.logs)
        yield _gauge("sealed_log", "The ledger contract's last log in the journal", progress.sealed)
        yield from self._lag(progress)
        yield from _open(intents)
        yield from _audit(audit)
        failed = CounterMetricFamily(
            "fenrun_job_failures", "Steps of a worker's role that failed", labels=["role", "code"]
        )
        for failure in failures:
            failed.add_metric([failure.role, failure.code], failure.times)
        yield failed

    def _lag(self, progress: repository.Progress) -> Iterable[Metric]:
        client = self._new_client()
        try:
            latest = client.call("eth_getBlockByNumber", "latest", False)
        except (ChainUnavailableError, RpcError):
            yield _gauge("node_up", "Whether the node answers", 0)
            return
        finally:
            client.close()
        behind = max(int(latest["number"], 16) - progress.block, 0)
        yield _gauge("node_up", "Whether the node answers", 1)
        yield _gauge("indexer_lag_blocks", "Blocks of the node that were not read yet", behind)
        seconds = max(int(latest["timestamp"], 16) - progress.block_time, 0) if behind else 0
        yield _gauge("indexer_lag_seconds", "Time between the last block read and the node's last", seconds)


def _open(intents: list[repository.OpenIntents]) -> Iterable[Metric]:
    count = GaugeMetricFamily("fenrun_open_intents", "Transactions of ours that no block holds", labels=["signer"])
    oldest = GaugeMetricFamily("fenrun_open_intents_oldest_seconds", "How long the oldest waits", labels=["signer"])
    for intent in intents:
        count.add_metric([intent.signer], intent.waiting)
        oldest.add_metric([intent.signer], intent.seconds)
    return count, oldest


def _audit(audit: repository.LastAudit | None) -> Iterable[Metric]:
    if audit is None:
        return
    yield _gauge("audit_ok", "Whether the last audit found no difference", int(audit.ok))
    yield _gauge("audit_age_seconds", "Time since the last audit", audit.age_seconds)
    differences = GaugeMetricFamily("fenrun_audit_differences", "Differences by promise", labels=["promise"])
    for name, count in audit.differences.items():
        differences.add_metric([name], count)
    yield differences


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"fenrun_{name}", text, value=value)


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(f"fenrun_{name}", text, value=value)

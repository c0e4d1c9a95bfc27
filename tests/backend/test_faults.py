"""A short draw of `make chaos`: the whole road in processes of its own, with every kind of process killed once."""

import pytest
from tests.town import Town


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    town = Town(tmp_path_factory.mktemp("town"))
    try:
        town.start()
        yield town
    finally:
        town.stop()


def test_two_runs_of_faults_lose_and_double_nothing(town):
    town.run(
        1, faults=["kill -9 of both workers", "kill -9 of PostgreSQL", "reorg of depth 1 to 10", "kill -9 of the API"]
    )
    town.run(2, faults=["transactions dropped", "database's disk full", "node restarted, its pool lost"])
    town.audit()

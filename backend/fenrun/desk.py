"""What commands work on: the real installation of this home, or the installation of a scenario's demo."""

import getpass
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from fenrun.chain.client import Client
from fenrun.demo import run as demo_run
from fenrun.instance import Instance, real
from fenrun.kit import audit_log
from fenrun.kit.errors import SetupError
from fenrun.kit.settings import Settings, load_settings
from fenrun.settlement.tasks import Road
from fenrun.statements import verify
from fenrun.statements.errors import CheckError

SCENARIO = Path(__file__).resolve().parents[2] / "examples" / "cdnow"


@contextmanager
def open_instance(scenario: Path | None) -> Iterator[Instance]:
    """The installation with its database; joined where it runs already, started for the while where it does not.

    Args:
        scenario: The folder of a demo; None for the real installation, or where there is none, the usual demo.

    Raises:
        SetupError: nothing was set up.
    """
    settings = load_settings()
    instance = _real(settings) if scenario is None and (settings.home / "main").exists() else None
    instance = instance or _demo(scenario or SCENARIO, settings)
    try:
        yield instance
    finally:
        instance.stop()


@contextmanager
def open_session(scenario: Path | None) -> Iterator[Session]:
    """A transaction in the installation, in the name of who runs the command."""
    with open_sealing_session(scenario) as (session, _):
        yield session


@contextmanager
def open_sealing_session(scenario: Path | None) -> Iterator[tuple[Session, bytes]]:
    """A transaction as `open_session` has it, and the installation's key, under which secrets are sealed."""
    with open_instance(scenario) as instance, instance.sessions.begin() as session:
        audit_log.act_as(session, f"cli:{getpass.getuser()}", "command line")
        yield session, instance.keys.reference_key


@contextmanager
def open_road(scenario: Path | None) -> Iterator[Road]:
    """The road of the installation, its chain running.

    Raises:
        SetupError: nothing was set up.
    """
    with open_instance(scenario) as instance:
        installation = instance.installation()
        if installation is not None:
            yield instance.open_road(installation)
            return
        fact = instance.fact("scenario")
        if fact is None:
            raise SetupError("There is nothing here yet: run `fenrun demo`, or start `fenrun up`")
        instance.start_chain(int(str(fact["genesis_time"])))
        yield instance.road(str(fact["currency"]))


def _real(settings: Settings) -> Instance:
    try:
        return real(settings)
    except SetupError:
        # It does not run: it is started for this command alone.
        return real(settings, joins=False)


def _demo(scenario: Path, settings: Settings) -> Instance:
    folder = demo_run.folder_of(scenario, settings)
    if not folder.is_dir():
        raise SetupError(f"There is no installation in {folder} yet: run `fenrun demo` first")
    try:
        return Instance(folder, settings, joins=True, migrates=False)
    except SetupError:
        return Instance(folder, settings)


def case_report(pdf: bytes, rpc: str | None) -> verify.Report:
    """What can be checked of a case file; what could not even be read or compared is a report too."""
    from fenrun.disputes import case_check  # with all that writes PDF files

    try:
        if rpc is None:
            return case_check.report(pdf, None)
        with closing(Client(rpc)) as client:
            return case_check.report(pdf, client)
    except CheckError as error:
        return verify.failed("readable", error.detail)

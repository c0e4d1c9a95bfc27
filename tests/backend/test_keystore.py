"""The keystore of the chain keys, and the commands for keys, members and API keys."""

import json
import logging

import pytest
import structlog
from eth_account import Account
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from fenrun.api import create_app
from fenrun.chain import keys
from fenrun.cli import app
from fenrun.instance import Instance
from fenrun.kit.errors import SetupError
from fenrun.kit.settings import Settings

PASSWORD = "of the keystore"


@pytest.fixture(scope="module")
def keystore(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys") / "store"
    made = keys.make_keystore(folder, PASSWORD, iterations=2)
    return folder, made


def test_a_keystore_is_of_the_common_format_and_the_owners_alone(keystore):
    folder, made = keystore
    assert set(made) == {*keys.ROLES, keys.REFERENCE}
    assert folder.stat().st_mode & 0o077 == 0
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0
        content = json.loads(path.read_text())
        assert content["version"] == 3
        assert content["crypto"]["kdf"] == "scrypt"
    loaded = keys.load_keystore(folder, PASSWORD)
    for role in keys.ROLES:
        assert loaded.address(role) == made[role].lower()
    assert len(loaded.reference_key) == 32
    assert keys.keystore_addresses(folder) == {role: made[role].lower() for role in keys.ROLES}


def test_another_programs_file_serves_as_well(keystore, tmp_path):
    folder, _ = keystore
    account = Account.create()
    for role in (*keys.ROLES, keys.REFERENCE):
        (tmp_path / f"{role}.json").write_text((folder / f"{role}.json").read_text())
    # geth and others write the address in lower case, some without 0x, some not at all.
    file = {**Account.encrypt(account.key, PASSWORD, kdf="pbkdf2", iterations=2)}
    file["address"] = account.address.lower().removeprefix("0x")
    (tmp_path / "operator.json").write_text(json.dumps(file))
    assert keys.load_keystore(tmp_path, PASSWORD).address("operator") == account.address.lower()
    assert keys.keystore_addresses(tmp_path)["operator"] == account.address.lower()


def test_what_is_missing_is_made_and_what_is_there_stays(keystore, tmp_path):
    folder, made = keystore
    (tmp_path / "operator.json").write_text((folder / "operator.json").read_text())
    added = keys.make_keystore(tmp_path, PASSWORD, iterations=2)
    assert "operator" not in added
    assert keys.load_keystore(tmp_path, PASSWORD).address("operator") == made["operator"].lower()
    assert keys.make_keystore(tmp_path, PASSWORD, iterations=2) == {}


@pytest.mark.parametrize("spoil", ["missing", "not json", "a list", "empty", "another password"])
def test_a_keystore_that_cannot_be_opened_names_the_file(keystore, tmp_path, spoil):
    folder, _ = keystore
    for path in folder.iterdir():
        (tmp_path / path.name).write_text(path.read_text())
    bad, password = tmp_path / "treasurer.json", PASSWORD
    match spoil:
        case "missing":
            bad.unlink()
        case "another password":
            other = Account.encrypt(Account.create().key, "another", kdf="scrypt", iterations=2)
            bad.write_text(json.dumps(other))
        case _:
            bad.write_text({"not json": "{", "a list": "[]", "empty": "{}"}[spoil])
    with pytest.raises(SetupError, match="treasurer"):
        keys.load_keystore(tmp_path, password)


def test_an_installation_signs_with_the_keystore_and_has_no_plain_keys(keystore, tmp_path):
    folder, made = keystore
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    settings = Settings(home=tmp_path, keystore=folder, keystore_password_file=secret)
    opened = Instance(tmp_path / "instance", settings)
    try:
        assert opened.keys.address("operator") == made["operator"].lower()
        assert not (tmp_path / "instance" / "keys.json").exists()
    finally:
        opened.stop()
    with pytest.raises(SetupError, match="FENRUN_KEYSTORE_PASSWORD"):
        Instance(tmp_path / "other", Settings(home=tmp_path, keystore=folder))


# --- Commands ---------------------------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch):
    """Runs a command in this process; logging is as before afterwards."""
    root = logging.getLogger()
    before, level, configured = root.handlers, root.level, structlog.get_config()

    def command(*arguments, check=True, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, str(value))
        done = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert not check or done.exit_code == 0, (done.output, done.exception)
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done

    yield command
    root.handlers, root.level = before, level
    structlog.configure(**configured)


def test_keys_on_the_command_line(keystore, run):
    folder, made = keystore
    store = {"FENRUN_KEYSTORE": str(folder)}
    listed = dict(line.split("\t") for line in run("keys", "list", **store).stdout.splitlines())
    assert listed == {role: made[role].lower() for role in keys.ROLES}
    assert json.loads(run("keys", "list", "--json", **store).stdout) == listed
    assert run("keys", "export-address", "operator", **store).stdout == listed["operator"] + "\n"
    nobody = run("keys", "export-address", "janitor", check=False, **store)
    assert nobody.exit_code == 2
    assert "no key for janitor" in nobody.stderr
    # The password is asked of the environment, and never of the arguments.
    without = run("keys", "new", check=False, **store)
    assert without.exit_code == 2
    assert "FENRUN_KEYSTORE_PASSWORD" in without.stderr
    (folder / "attestor.json").unlink()
    new = run("keys", "new", FENRUN_KEYSTORE_PASSWORD=PASSWORD, **store)
    [(role, address)] = [line.split("\t") for line in new.stdout.splitlines()]
    assert role == "attestor"
    assert address != made["attestor"]
    assert Account.from_key(Account.decrypt((folder / "attestor.json").read_text(), PASSWORD)).address == address


def test_members_and_keys_on_the_command_line(instance, replayed, road, run, monkeypatch):
    """While the installation runs: it is this process that holds it."""
    scenario, scenarios = ["--scenario", replayed[0]], instance.settings.home / "scenarios"
    monkeypatch.setenv("FENRUN_HOME", str(instance.settings.home))
    scenarios.mkdir()
    [name] = (path.name for path in (replayed[1] / "scenarios").iterdir())
    (scenarios / name).symlink_to(instance.folder, target_is_directory=True)
    id_, login, password = run("members", "add", "Boss", "--role", "admin", *scenario).stdout.split()
    client = TestClient(create_app(road))
    assert client.post("/v1/session", json={"login": "boss", "password": password}).status_code == 200
    assert login == "boss"
    rows = [json.loads(line) for line in run("members", "list", "--json", *scenario).stdout.splitlines()]
    [boss] = [row for row in rows if row["id"] == id_]
    assert (boss["role"], boss["totp"], boss["disabled"]) == ("admin", False, False)
    assert run("members", "reset-totp", "boss", *scenario).exit_code == 0
    key_id, key = run("api-keys", "create", "erp", "--scope", "read", *scenario).stdout.split()
    assert TestClient(create_app(road), headers={"Authorization": f"Bearer {key}"}).get("/v1/orders").status_code == 200
    new_id, new_key = run("api-keys", "rotate", key_id, "--overlap-hours", "0", *scenario).stdout.split()
    assert run("api-keys", "revoke", new_id, *scenario).stdout == ""
    for ended in (key, new_key):
        ended_client = TestClient(create_app(road), headers={"Authorization": f"Bearer {ended}"})
        assert ended_client.get("/v1/orders").status_code == 401
    listed = run("api-keys", "list", *scenario).stdout
    assert key_id in listed
    assert key not in listed
    with instance.sessions() as session:
        query = "SELECT action FROM audit_log WHERE starts_with(actor, 'cli:') ORDER BY id"
        actions = session.connection().exec_driver_sql(query).scalars().all()
    assert actions == [
        "member.added", "totp.reset", "api_key.created", "api_key.rotated", "api_key.revoked"
    ]  # fmt: skip
    twice = run("members", "add", "boss", "--role", "admin", *scenario, check=False)
    assert twice.exit_code == 2
    assert "another member has boss" in twice.stderr
    nobody = run("members", "add", "x", "--role", "janitor", *scenario, check=False)
    assert nobody.exit_code == 2
    assert "janitor is none of" in nobody.stderr

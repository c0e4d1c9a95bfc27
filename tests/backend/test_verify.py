"""Whatever is changed in a statement is found, with a sentence of its own: offline by `fenrun verify` and by the page
alike as far as a file can prove it, and beyond that against the chain.
"""

import copy
import json
import os
import re
import subprocess
import threading
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.backend.forgeries import TAMPERINGS, a_missing_order, alone
from tests.conftest import fenrun
from typer.testing import CliRunner

from fenrun import cli
from fenrun.chain.client import Client
from fenrun.statements import check, checkpoint, page, verify
from fenrun.statements.errors import CheckError

LEDGER = "SettlementLedger"
CORE = re.search(r'<script id="core">(.*?)</script>', page.text(), re.DOTALL).group(1)


def in_node(expression, given_=None):
    """What an expression over the page's own code comes to, in Node; `given` is the value it may use."""
    read = "const given = JSON.parse(require('fs').readFileSync(0));"
    script = f"{CORE}\n{read}\nconsole.log(JSON.stringify({expression}));"
    done = subprocess.run(
        ["node", "-e", script], input=json.dumps(given_), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def in_page(text):
    """What the page says of a file: the check that finds something, and the sentence in English and Chinese."""
    return in_node(
        "(({statement, wrong}) => {"
        " const check = statement ? checkAll(statement).find(c => c.wrong) : { name: 'readable', wrong };"
        " return check ? [check.name, inWords(check.wrong, 'en'), inWords(check.wrong, 'zh')] : null;"
        "})(readStatement(given))",
        text,
    )


@pytest.fixture(scope="module")
def world(books):
    """Statements as files, by partner and month; and a closed month in which a partner has orders and movements."""
    files = {key: made.model_dump(mode="json") for key, made in books.statements.items()}
    books.files = files
    books.key = max(
        (key for key in files if key[1] in books.closed and files[key]["movements"] and alone(files[key])),
        key=lambda key: len(files[key]["orders"]),
    )
    return books


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_what_is_changed_in_a_statement_is_found(world, tamper):
    name, sentence, online = TAMPERINGS[tamper]
    document = copy.deepcopy(world.files[world.key])
    tamper(document, world)
    text = json.dumps(document)
    read = check.read(text)

    found = next((found for found in check.checks(read) if found.wrong), None)
    assert (found.name if found else None) == name, found
    assert not found or re.match(sentence, found.wrong), found.wrong
    # The page finds the same, at the same place, in two languages.
    shown = in_page(text)
    assert (shown[0] if shown else None) == name
    if shown:
        numbers = re.findall(r"0x\w+|\d+", found.wrong)
        assert numbers[0] in shown[1]
        assert numbers[0] in shown[2]
        assert re.search(r"[\u4e00-\u9fff]", shown[2])

    against = verify.against_chain(read, world.road.client).wrong
    assert against is not None
    assert re.match(online, against), against


def test_an_order_left_out_of_an_open_month_is_found_on_the_chain_alone(world):
    partner, month = next(key for key in world.files if key[1] not in world.closed and world.files[key]["orders"])
    document = copy.deepcopy(world.files[partner, month])
    a_missing_order(document, None)
    read = check.read(json.dumps(document))
    report = verify.by_itself(read)
    assert report.wrong is None
    assert "only the chain can say" in report.notes[0]
    assert in_page(json.dumps(document)) is None
    assert verify.against_chain(read, world.road.client).wrong.startswith("Order ")


def test_a_checkpoint_that_was_never_anchored_is_found(world):
    document = copy.deepcopy(world.files[world.key])
    read = check.read(json.dumps(document))
    leaf = checkpoint.leaf_hash(
        read.chain_id, read.contracts[LEDGER], read.period.month, read.currency, 1, read.partner.number,
        check.figures(read), bytes(32),
    )  # fmt: skip
    document["checkpoint"] |= {"root": "0x" + leaf.hex(), "salt": "0x" + "00" * 32, "index": 0, "size": 1, "path": []}
    assert in_page(json.dumps(document)) is None
    wrong = verify.against_chain(check.read(json.dumps(document)), world.road.client).wrong
    assert wrong.startswith(f"Checkpoint of {read.period.month}, root: the statement says 0x{leaf.hex()}, the registry")


@pytest.mark.parametrize(("cut", "says"), [(0.5, "cut off"), (0.0, "cut off")])
def test_a_file_that_is_cut_off(world, cut, says):
    text = json.dumps(world.files[world.key])
    text = text[: int(len(text) * cut)]
    with pytest.raises(CheckError, match=says):
        check.read(text)
    assert says in in_page(text)[1]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": "fenrun.statement.9"}, "of the form fenrun.statement.9"),
        ({"orders": None}, "The file is no statement: orders"),
        ({"closing": {"held": "1.5", "available": "0", "frozen": "0", "debt": "0"}}, "closing.held"),
    ],
)
def test_what_is_no_statement(world, change, says):
    with pytest.raises(CheckError, match=says):
        check.read(json.dumps(world.files[world.key] | change))


# --- The chain --------------------------------------------------------------------------------------------


@contextmanager
def node_that(url, changes):
    """A node that answers as another one does, but for what `changes` makes of its logs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - our Anvil
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                answers = json.load(answer)
            for asked, answer in zip(json.loads(body), answers, strict=True):
                if asked["method"] == "eth_getLogs":
                    answer["result"] = changes(answer["result"])
            content = json.dumps(answers).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        client = Client(f"http://127.0.0.1:{server.server_port}")
        yield client
        client.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def without(at):
    return lambda logs: logs[:at] + logs[at + 1 :]


def with_a_changed_byte(logs):
    changed = copy.deepcopy(logs)
    data = changed[-3]["data"]
    changed[-3]["data"] = data[:-1] + ("0" if data[-1] != "0" else "1")
    return changed


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (without(40), r"log \d+ is missing, \d+ came instead; the node left it out"),
        (lambda logs: logs[:-1], r"the contract has written \d+ logs, the node gave \d+"),
        (with_a_changed_byte, r"the contract has written (\d+) logs, the node gave \1, or others than these"),
        (lambda _: [], r"the contract has written \d+ logs, the node gave 0"),
    ],
    ids=["one left out", "the last left out", "a byte changed", "none given"],
)
def test_a_node_that_does_not_give_all_logs_is_caught(world, changes, says):
    read = check.read(json.dumps(world.files[world.key]))
    with node_that(world.road.client.url, changes) as client, pytest.raises(CheckError, match=says):
        verify.against_chain(read, client)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"chain_id": 1}, "The statement is of chain 1, the node is of chain 31337"),
        ({"currency": "EUR"}, "The statement is in EUR, the ledger keeps USD"),
        ({"contracts": {LEDGER: "0x" + "ab" * 20}}, "There is no ledger at 0xabab"),
    ],
)
def test_another_chain_or_ledger(world, change, says):
    read = check.read(json.dumps(world.files[world.key] | change))
    with pytest.raises(CheckError, match=says):
        verify.against_chain(read, world.road.client)


def test_a_pinned_ledger_is_the_only_one(world):
    read = check.read(json.dumps(world.files[world.key]))
    own = world.source.deployment.addresses[LEDGER]
    report = verify.against_chain(read, world.road.client, own.upper().replace("0X", "0x"))
    assert (report.wrong, report.notes) == (None, [])
    unpinned = verify.against_chain(read, world.road.client)
    assert f"The ledger's address, {own}, is the statement's own" in unpinned.notes[0]
    with pytest.raises(CheckError, match="and not of 0x1111"):
        verify.against_chain(read, world.road.client, "0x" + "11" * 20)


def test_a_registry_of_checkpoints_that_is_not_the_ledgers(world):
    document = copy.deepcopy(world.files[world.key])
    document["contracts"]["CheckpointRegistry"] = document["contracts"]["PlanRegistry"]
    with pytest.raises(CheckError, match="there is no registry of checkpoints that obeys whom the ledger obeys"):
        verify.against_chain(check.read(json.dumps(document)), world.road.client)


# --- The page and the command --------------------------------------------------------------------------------


def test_the_page_hashes_as_we_do():
    lengths = [*range(140), 200, 271, 272, 273, 1_000, 5_000]
    texts = [os.urandom(length).hex() for length in lengths]
    found = in_node("given.map(hex => hexOf(keccak256(bytesOf('0x' + hex))))", texts)
    assert found == ["0x" + keccak(bytes.fromhex(text)).hex() for text in texts]


def test_the_page_knows_every_event_that_moves_a_balance():
    topics = in_node("[...TOPICS.keys()]")
    names = check.artifact(LEDGER).event_names
    known = {names[bytes.fromhex(topic[2:])] for topic in topics}
    assert known == set(names.values()) - {
        "BatchSettled", "AttestorChanged", "PhaseChanged", "AuthorityUpdated", "EIP712DomainChanged",
        "AccountsInherited", "CreditsInherited",
    }  # fmt: skip


def test_the_page_agrees_with_every_statement(world):
    wrong = in_node("given.map(s => checkAll(s).find(c => c.wrong) || null)", list(world.files.values()))
    assert wrong == [None] * len(world.files)


def test_the_page_says_everything_in_both_languages():
    def shape(language):
        keys = "Object.fromEntries(Object.entries(t).map(([key, value]) => [key, shape(value)]))"
        kind = f"typeof t === 'object' ? {keys} : typeof t === 'function' ? t.length : 'text'"
        return in_node(f"(function shape(t) {{ return {kind}; }})(TEXTS.{language})")

    assert shape("en") == shape("zh")


@st.composite
def splits(draw):
    """A base and rates of three roles, often the whole of it."""
    first, second = sorted((draw(st.integers(0, 10_000)), draw(st.integers(0, 10_000))))
    third = draw(st.sampled_from([0, 10_000 - second]))
    return draw(st.integers(1, 2**64 - 1)), [first, second - first, third]


@settings(max_examples=5, deadline=None)
@given(st.lists(splits(), min_size=50, max_size=50))
def test_the_page_splits_as_we_do(cases):
    found = in_node(
        "given.map(([base, rates]) => sharesOf(BigInt(base), rates.map(BigInt)).map(String))",
        [(str(base), rates) for base, rates in cases],
    )
    assert found == [[str(share) for share in check.shares(base, rates)] for base, rates in cases]


def test_the_page_loads_and_sends_nothing():
    text = page.text()
    assert "default-src 'none'" in text
    for word in ("http://", "https://", "src=", "href=", "fetch(", "XMLHttpRequest", "WebSocket", "@import", "url("):
        assert word not in text, word


def run(*arguments):
    return CliRunner().invoke(cli.app, ["verify", *map(str, arguments)])


def test_the_command_says_what_it_checked(world, tmp_path):
    file, url = tmp_path / "statement.json", world.road.client.url
    file.write_text(json.dumps(world.files[world.key]))
    done = run(file, "--rpc", url, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["ok"] is True
    assert said["ledger"] == world.source.deployment.addresses[LEDGER]
    assert said["block_number"] > 0
    assert {found["name"] for found in said["checks"]} >= {"every_order_of_the_ledger", "checkpoint_is_anchored"}

    document = copy.deepcopy(world.files[world.key])
    a_missing_order(document, None)
    file.write_text(json.dumps(document))
    done = run(file, "--rpc", url, "--ledger", said["ledger"])
    assert done.exit_code == 1
    assert "is missing: the ledger settled it on" in done.output
    assert f"ledger {said['ledger']} on chain 31337" in done.output
    assert run(file).exit_code == 1

    file.write_text(file.read_text()[:1_000])
    done = run(file, "--json")
    assert done.exit_code == 1
    assert "cut off" in json.loads(done.stdout)["first_wrong"]
    assert run(file, "--rpc", url).exit_code == 1


def test_the_command_in_a_process_of_its_own(world, tmp_path):
    file = tmp_path / "statement.json"
    file.write_text(json.dumps(world.files[world.key]))
    # No home, no database, no server: the file and a node.
    done = fenrun(tmp_path / "nothing", "verify", file, "--rpc", world.road.client.url)
    assert "Nothing is wrong in this statement" in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_a_node_that_does_not_answer_is_no_verdict(world, tmp_path):
    file = tmp_path / "statement.json"
    file.write_text(json.dumps(world.files[world.key]))
    done = run(file, "--rpc", "http://127.0.0.1:9")
    assert done.exit_code == 2
    assert "The chain node does not answer" in done.output


def test_the_command_writes_the_page(tmp_path):
    assert run("--page", tmp_path / "page.html").exit_code == 0
    assert (tmp_path / "page.html").read_text("utf-8") == page.text()
    done = run()
    assert done.exit_code == 2
    assert "--page" in done.output

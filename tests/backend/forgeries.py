"""What somebody may do to a statement, and what must be said of it."""

import copy
import json

from eth_utils.crypto import keccak

from fenrun.chain.codec import merkle_root_of_proof
from fenrun.statements import check, checkpoint

LEDGER = "SettlementLedger"


def alone(document):
    """The orders that are the partner's only one in their batch."""
    batches = [order["batch"] for order in document["orders"]]
    return [order for order in document["orders"] if batches.count(order["batch"]) == 1]


# --- What somebody may do to a file. Each takes the document, and what else there is to take from. ----------


def add(document, account, amount):
    document["closing"][account] = str(int(document["closing"][account]) + amount)


def recount(document):
    legs = [leg for order in document["orders"] for leg in order["legs"]]
    document["totals"] |= {
        "orders": len(document["orders"]), "legs": len(legs), "movements": len(document["movements"]),
        "earned": str(sum(int(leg["share"]) for leg in legs)),
    }  # fmt: skip


def a_changed_cent(document, _):
    leg = document["orders"][0]["legs"][0]
    leg["share"] = str(int(leg["share"]) + 1)


def a_changed_cent_everywhere(document, _):
    order = alone(document)[0]
    leaf, leg = bytearray.fromhex(order["leaf"][2:]), order["legs"][0]
    at = 96 - 8 * (1 + ["referrer", "implementer", "trainer"].index(leg["role"]))
    share = int.from_bytes(leaf[at : at + 8]) + 1
    leaf[at : at + 8] = share.to_bytes(8)
    order["leaf"], leg["share"] = "0x" + leaf.hex(), str(share)
    reroot(order)
    add(document, "held", 1)
    recount(document)


def a_forged_root(document, _):
    # Twice the base and twice the shares, under a root of its own: a file alone cannot tell.
    order = alone(document)[0]
    leaf = bytearray.fromhex(order["leaf"][2:])
    for at, size in ((6, 8), (72, 8), (80, 8), (88, 8)):
        leaf[at : at + size] = (2 * int.from_bytes(leaf[at : at + size])).to_bytes(size)
    order["base"] = str(2 * int(order["base"]))
    expected = check.shares(int(order["base"]), [leg["rate_bps"] for leg in order["legs"]])
    for leg, share in zip(order["legs"], expected, strict=True):
        add(document, "held", share - int(leg["share"]))
        at = 96 - 8 * (1 + ["referrer", "implementer", "trainer"].index(leg["role"]))
        leaf[at : at + 8] = share.to_bytes(8)
        leg["share"] = str(share)
    order["leaf"] = "0x" + leaf.hex()
    reroot(order)
    recount(document)


def reroot(order):
    proof = [bytes.fromhex(sibling[2:]) for sibling in order["proof"]]
    order["root"] = "0x" + merkle_root_of_proof(keccak(bytes.fromhex(order["leaf"][2:])), proof).hex()


def a_missing_order(document, _):
    gone = document["orders"].pop()
    add(document, "held", -sum(int(leg["share"]) for leg in gone["legs"]))
    recount(document)


def an_added_order(document, _):
    order = copy.deepcopy(alone(document)[0])
    leaf = bytearray.fromhex(order["leaf"][2:])
    order["order_no"], order["external_id"], order["batch"] = 999_999, "made up", 7_777
    leaf[:6] = (999_999).to_bytes(6)
    order["leaf"] = "0x" + leaf.hex()
    reroot(order)
    document["orders"].append(order)
    add(document, "held", sum(int(leg["share"]) for leg in order["legs"]))
    recount(document)


def a_root_of_another_batch(document, _):
    order = alone(document)[0]
    order["root"] = next(o["root"] for o in document["orders"] if o["batch"] != order["batch"])


def a_forged_proof(document, _):
    order = next(order for order in document["orders"] if order["proof"])
    order["proof"][0] = "0x" + keccak(text="a sibling").hex()


def a_swapped_plan_rate(document, _):
    for plan in document["plans"]:
        for rates in (*plan["new_bps"], *plan["renewal_bps"]):
            rates[:] = [rate + 100 for rate in rates]


def a_plan_rate_that_nobody_used(document, _):
    plan, used = document["plans"][0], {leg["tier"] for order in document["orders"] for leg in order["legs"]}
    unused = next(tier for tier in range(len(plan["new_bps"][0])) if tier not in used)
    plan["new_bps"][0][unused] += 1


def another_partners_order(document, world):
    month, own = world.key[1], {order["order_no"] for order in document["orders"]}
    others = (o for (n, m), d in world.files.items() if m == month and n != world.key[0] for o in d["orders"])
    taken = copy.deepcopy(next(order for order in others if order["order_no"] not in own))
    plans = {plan["number"] for plan in document["plans"]}
    document["plans"] += [p for d in world.files.values() for p in d["plans"] if p["number"] == taken["plan"]][
        : taken["plan"] not in plans
    ]
    document["orders"].append(taken)
    add(document, "held", sum(int(leg["share"]) for leg in taken["legs"]))
    recount(document)


def an_order_of_another_month(document, world):
    own = (d for (n, m), d in world.files.items() if n == world.key[0] and m != world.key[1])
    taken = copy.deepcopy(next(d["orders"][0] for d in own if d["orders"]))
    document["orders"].append(taken)
    add(document, "held", sum(int(leg["share"]) for leg in taken["legs"]))
    recount(document)


def another_period(document, world):
    month = world.months[world.months.index(world.key[1]) + 1]
    other = world.files[world.key[0], month]
    document["period"] = other["period"]
    document["ledger"] = other["ledger"]


def a_period_that_is_longer(document, world):
    an_order_of_another_month(document, world)
    document["period"]["first_day"], document["period"]["last_day"] = "2000-01-01", "2100-01-01"


def a_changed_movement(document, _):
    movement = document["movements"][0]
    movement["available"] = str(int(movement["available"]) + 1)
    add(document, "available", 1)


def a_changed_movement_and_log(document, _):
    log = next(log for log in document["logs"] if log["seq"] == document["movements"][0]["seq"])
    for movement in (m for m in document["movements"] if m["seq"] == log["seq"]):
        amount, digits = -int(movement["held"]), log["data"][2:]
        words = [digits[at : at + 64] for at in range(0, len(digits), 64)]
        # An offset and a length, and then five words for each account: whose, from which day, how much, …
        mine = (document["partner"]["number"], amount)
        at = next(i for i in range(2, len(words), 5) if (int(words[i], 16), int(words[i + 2], 16)) == mine)
        words[at + 2] = f"{amount + 1:064x}"
        log["data"] = "0x" + "".join(words)
        movement["held"], movement["available"] = str(-amount - 1), str(int(movement["available"]) + 1)
        add(document, "held", -1)
        add(document, "available", 1)


def a_missing_movement(document, _):
    seq = document["movements"][0]["seq"]
    for movement in [movement for movement in document["movements"] if movement["seq"] == seq]:
        document["movements"].remove(movement)
        for account in ("held", "available", "frozen", "debt"):
            add(document, account, -int(movement[account]))
    document["logs"] = [log for log in document["logs"] if log["seq"] != seq]
    recount(document)


def another_opening(document, _):
    document["opening"]["available"] = str(int(document["opening"]["available"]) + 1)
    add(document, "available", 1)


def another_closing(document, _):
    add(document, "debt", 1)


def a_checkpoint_of_its_own(document, _):
    # As a vendor could who leaves out an order for everybody, and anchors something else.
    a_missing_order(document, None)
    read = check.read(json.dumps(document))
    leaf = checkpoint.leaf_hash(
        read.chain_id, read.contracts[LEDGER], read.period.month, read.currency, 1, read.partner.number,
        check.figures(read), bytes(32),
    )  # fmt: skip
    document["checkpoint"] |= {"root": "0x" + leaf.hex(), "salt": "0x" + "00" * 32, "index": 0, "size": 1, "path": []}


# By what is done: the check that finds it in the file alone (None: none can) and its sentence; the sentence of the
# chain. Where the file is closed, the checkpoint finds what nothing else in the file does.
TAMPERINGS = {
    a_period_that_is_longer: (
        "orders_are_the_partners", r"First day of the period: the statement says [\d-]+, its month says [\d-]+",
        r"Order \d+.* is of another period: the ledger settled it on [\d-]+, not in [\d-]+",
    ),
    a_changed_cent: (
        "orders_are_the_partners", r"Order \d+ \(CD-\d+\), \w+, share: the statement says (\d+), its leaf says \d+",
        r"Log \d+ \(BatchSettled, [\d-]+\), held, available, frozen, debt: the statement says \(\d+, 0, 0, 0\)",
    ),
    a_changed_cent_everywhere: (
        "shares_follow_plans", r"Order \d+ \(CD-\d+\), \w+, share: the statement says \d+, \d+ × \d+ ",
        r"Order \d+ \(CD-\d+\), leaf: the statement says 0x\w+, the ledger says 0x\w+",
    ),
    a_forged_root: (
        "checkpoint", r"The checkpoint was made of other figures or lines than these",
        r"Order \d+ \(CD-\d+\), leaf: the statement says 0x",
    ),
    a_missing_order: (
        "checkpoint", r"The checkpoint was made of other figures or lines than these",
        r"Order \d+ is missing: the ledger settled it on [\d-]+ \(batch \d+, log \d+\) with this partner as \w+, \d+ ",
    ),
    an_added_order: (
        "checkpoint", r"The checkpoint was made of other figures or lines than these",
        r"Order 999999 \(made up\) was added: the ledger never settled an order of this number",
    ),
    a_root_of_another_batch: (
        "orders_are_in_their_batches", r"Order \d+.*: its proof does not lead to the root of batch \d+",
        r"Order \d+.*, root of batch \d+: the statement says 0x\w+, the ledger says 0x\w+",
    ),
    a_forged_proof: (
        "orders_are_in_their_batches", r"Order \d+.*: its proof does not lead to the root of batch \d+",
        r"Order \d+.*: its proof does not lead to the root of batch \d+",
    ),
    a_swapped_plan_rate: (
        "shares_follow_plans", r"Order \d+.*, rate in basis points: the statement says \d+, plan \d+ says \d+",
        r"Plan \d+ \(.*, version 1\), new, referrer, tier 0, basis points: the statement says \d+, its pub",
    ),
    a_plan_rate_that_nobody_used: (
        None, None, r"Plan \d+ \(.*, version 1\), new, referrer, tier \d, basis points: the statement says \d+, its ",
    ),
    another_partners_order: (
        "orders_are_the_partners", r"Order \d+.* is not this partner's: its roles are held by [\d, ]+, not by \d+",
        r"Order \d+.* is another partner's: on the ledger, partner \d+ has no role in it",
    ),
    an_order_of_another_month: (
        "orders_are_the_partners", r"Order \d+.* is of another period: it was settled on [\d-]+, not in [\d-]+",
        r"Order \d+.* is of another period: the ledger settled it on [\d-]+, not in [\d-]+",
    ),
    another_period: (
        "orders_are_the_partners", r"Order \d+.* is of another period: it was settled on [\d-]+, not in [\d-]+",
        r"Order \d+.* is of another period: the ledger settled it on [\d-]+, not in [\d-]+",
    ),
    a_changed_movement: (
        "movements_follow_logs", r"Log \d+, \w+, available: the statement says -?\d+, the log says -?\d+",
        r"Log \d+, \w+, available: the statement says -?\d+, the log says -?\d+",
    ),
    a_changed_movement_and_log: (
        "checkpoint", r"The checkpoint was made of other figures or lines than these",
        r"Log \d+, matured, held: the statement says -\d+, the log says -\d+",
    ),
    a_missing_movement: (
        "checkpoint", r"The checkpoint was made of other figures or lines than these",
        r"Log \d+ \(CreditsMatured, [\d-]+\) moved this partner's accounts and is missing",
    ),
    another_opening: (
        "checkpoint", r"The checkpoint was made of other figures or lines than these",
        r"Opening, available: the statement says \d+, the ledger says \d+",
    ),
    another_closing: (
        "sums", r"debt: opening 0 and movements 0 make 0, the statement closes with 1",
        r"Closing, debt: the statement says 1, the ledger says 0",
    ),
    a_checkpoint_of_its_own: (None, None, r"Order \d+ is missing: the ledger settled it on"),
}  # fmt: skip

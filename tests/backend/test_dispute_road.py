"""Disputes on the real chain: from a claim to moved money, in the contracts and in the books."""

import datetime as dt
import hashlib
import json
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from sqlalchemy import text
from tests.backend.test_disputes import filed
from tests.conftest import fenrun

from fenrun import worker
from fenrun.chain import devnet
from fenrun.chain.contracts import artifact, read
from fenrun.chain.gas import Call
from fenrun.chain.sender import bind
from fenrun.deals import claims
from fenrun.deals import repository as deals
from fenrun.deals import service as deal_service
from fenrun.deals.errors import ClaimRefusedError, DealTransitionError
from fenrun.deals.models import Deal
from fenrun.disputes import arbiters, case_check, case_file, repository, service, tasks
from fenrun.disputes.service import Room
from fenrun.kit.business_time import BusinessHours
from fenrun.kit.money import Currency
from fenrun.payouts.wallets import on_chain
from fenrun.settlement import audit
from fenrun.settlement.intake import SubscriptionEvent, accept_events
from fenrun.statements.errors import CheckError

HOURS = BusinessHours(ZoneInfo("UTC"), dt.time(0, 0), dt.time(23, 59))
MINUTES = dt.timedelta(minutes=1)
DAYS = dt.timedelta(days=1)
REFERRER = 0


class Court:
    """The product's own jobs, with a clock that the test sets."""

    def __init__(self, road):
        self.road = road
        road.hours = HOURS
        self.now = dt.datetime.now(dt.UTC)
        self._orders = settle(road)

    def order(self):
        """A settled order of which nothing is disputed yet, on a Monday: on other days the clocks might stand."""
        self.now = (self.now + DAYS).replace(hour=1)
        while self.now.weekday() != 0:
            self.now += DAYS
        self.turn(1)
        with self.road.sessions.begin() as session:  # what tests before it registered is over
            session.execute(text("DELETE FROM known_companies"))
            session.execute(text("UPDATE deals SET registered_at = NULL"))
        return self._orders.pop()

    def room(self, session, member=None):
        return Room(session, self.road.keys.reference_key, HOURS, self.now, member)

    def turn(self, times=6):
        """What a worker does, at the test's time."""
        for _ in range(times):
            at = max(int(self.now.timestamp()), self._tip() + 1)
            self.road.index()
            tasks.step(self.road, self.now, at)
            self.road.send()
            devnet.mine(self.road.client, at)
            self.road.index()
        self.road.seal()

    def _tip(self):
        return int(self.road.client.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def claim(self, order_number, ground, deal=None, evidence=()):
        """A dispute over the referrer's share of an order, opened by a partner that has no part in it."""
        with self.road.sessions.begin() as session:
            holder, order = session.execute(
                text("SELECT c.partner_number, o.id FROM commissions c JOIN orders o ON o.number = c.order_number"
                     " WHERE c.order_number = :n AND c.role = 0"), {"n": order_number}
            ).one()  # fmt: skip
            claimant = holder % 3 + 1
            made = service.draft(self.room(session), claimant, [order], REFERRER, ground, "It is ours", deal)
            for row in evidence:
                row.dispute_number = made.number
                session.add(row)
            session.flush()
            service.open_(self.room(session), made)
            return made.id, claimant, holder

    def see(self, id_):
        with self.road.sessions() as session:
            found = repository.by_id(session, id_)
            session.expunge(found)
            return found

    def legs(self, id_):
        with self.road.sessions() as session:
            return [dict(row) for row in repository.legs(session, repository.by_id(session, id_).number)]

    def share(self, order_number):
        """Who has the share by the contract, what of it is frozen, and whether it is."""
        call = {"to": self.road.deployment.addresses["SettlementLedger"],
                "data": "0x" + artifact("SettlementLedger").call("shareOf", order_number, REFERRER).hex()}  # fmt: skip
        answer = self.road.client.call("eth_call", call, "latest")
        return artifact("SettlementLedger").result("shareOf", bytes.fromhex(answer[2:]))[:3]

    def held(self, partner):
        with self.road.sessions() as session:
            return session.scalar(text(
                "SELECT coalesce(sum(pending_credits - pending_debits), 0) FROM accounts"
                " WHERE partner_number = :p AND kind IN ('payable:held', 'payable:available')"),
                {"p": partner})  # fmt: skip

    def is_right(self):
        """Whether the audit finds no difference between contract, books and logs."""
        with self.road.sessions.begin() as session:
            verdict = audit.run(session, self.road.client, self.road.deployment, self.road.keys.reference_key)
        assert [check for check in verdict["checks"] if not check["ok"]] == []
        return True


@pytest.fixture(scope="module")
def court(replayed_copy):
    """One installation for all of these; each test takes an order of its own, and time goes on from one to the next."""
    fact = replayed_copy.fact("scenario")
    replayed_copy.start_chain(fact["genesis_time"])
    return Court(replayed_copy.road(fact["currency"]))


def settle(road):
    """The numbers of new orders of four customers, whose shares are held."""
    now = dt.datetime.now(dt.UTC)
    with road.sessions.begin() as session:
        customers = session.scalars(text(
            "SELECT c.external_id FROM customers c JOIN referrals r ON r.customer_number = c.number"
            " WHERE r.referrer IS NOT NULL ORDER BY c.number LIMIT 4")).all()  # fmt: skip
        events = [
            SubscriptionEvent(
                f"ev-{n}", "subscription.renewed", now, customer, f"R-{n}", amount=100_000, currency="USD"
            )
            for n, customer in enumerate(customers * 2)
        ]  # fmt: skip
        accept_events(session, "crm", events, Currency.of("USD"), road.keys.reference_key)
    worker.tick(road)
    with road.sessions() as session:
        return session.scalars(text("SELECT number FROM orders WHERE source = 'crm' ORDER BY number")).all()


def registered(court, order_number, registered_at):
    """A registration of the order's customer by the partner who is going to claim its share."""
    with court.road.sessions.begin() as session:
        holder, customer = session.execute(
            text("SELECT c.partner_number, o.customer_number FROM commissions c JOIN orders o"
                 " ON o.number = c.order_number WHERE c.order_number = :n AND c.role = 0"), {"n": order_number}
        ).one()  # fmt: skip
        company = {"legal_name": "Acme GmbH", "name_key": "acme", "country": "DE", "domain": "acme.com"}
        session.execute(text(
            "INSERT INTO known_companies (id, legal_name, name_key, country, domain, direct_only, customer_number)"
            " VALUES (:id, :legal_name, :name_key, :country, :domain, false, :customer)"),
            {**company, "id": f"kc_{order_number}", "customer": customer})  # fmt: skip
        deal = Deal(
            id=f"dl_{order_number}", partner_number=holder % 3 + 1, status="approved", **company, contact=b"",
            value="under_10k", quarter="2026-Q4", stage="demo", compelling_event="x", products=["crm"], region="DE",
            partner_contact="x", contacted_on=registered_at.date(), registered_at=registered_at,
            protected_until=court.now + 90 * DAYS, created_by="x",
        )  # fmt: skip
        deals.add(session, deal)
        return deal.number


def since(court, order_number):
    with court.road.sessions() as session:
        return session.scalar(text(
            "SELECT min(r.effective_from) FROM referrals r JOIN orders o ON o.customer_number = r.customer_number"
            " WHERE o.number = :n"), {"n": order_number})  # fmt: skip


def test_who_registered_first_gets_the_share_by_provenance_alone(court):
    order = court.order()
    deal = registered(court, order, since(court, order) - DAYS)
    dispute, claimant, holder = court.claim(order, "registration", deal)
    found = court.see(dispute)
    assert (found.status, found.ruling, found.ruled_by) == ("auto_resolved", "transfer", "automatic")
    assert found.finding["reason"] == "registered_before_attribution"
    assert found.finding["quotes"][0]["id"] == f"dl_{order}"
    assert found.ruled_at - found.opened_at < 5 * dt.timedelta(seconds=1)

    court.turn()
    [leg] = court.legs(dispute)
    assert (leg["court_status"], leg["court_ruling"]) == ("ruled", "transfer")
    at_stake = leg["amount"]
    assert court.share(order) == (holder, at_stake, True)
    before = court.held(claimant)
    assert court.see(dispute).court_deadline - court.now < 3 * DAYS + MINUTES

    court.now += 3 * DAYS + MINUTES
    court.turn()
    done = court.see(dispute)
    assert (done.status, done.ruling, done.court_deadline) == ("closed", "transfer", None)
    assert court.share(order)[0] == claimant
    assert court.held(claimant) - before == at_stake
    assert court.is_right()


def test_with_every_party_silent_it_is_decided_on_the_evidence_and_ends(court):
    """Nobody answers, nobody rules, nobody appeals: the clocks alone bring it to its end."""
    order = court.order()
    dispute, _, holder = court.claim(order, "evidence", evidence=[filed("claimant")])
    asked = court.see(dispute)
    assert (asked.status, asked.finding["asks"]) == ("awaiting_response", ["respondent"])
    seen = [asked.status]
    court.turn()
    assert court.share(order)[2]
    for minutes in (91, 31, 61):
        court.now += minutes * MINUTES
        court.turn(1)
        seen.append(court.see(dispute).status)
    assert seen == ["awaiting_response", "evidence_open", "under_review", "defaulted"]
    ruled = court.see(dispute)
    assert (ruled.ruling, ruled.ruled_by, ruled.finding["reason"]) == ("keep", "silence", "decided_on_record")
    assert HOURS.between(ruled.opened_at, ruled.ruled_at) < dt.timedelta(hours=4)

    court.turn()
    court.now += 3 * DAYS + MINUTES
    court.turn()
    assert court.see(dispute).status == "closed"
    owner, frozen, is_frozen = court.share(order)
    assert (owner, frozen, is_frozen) == (holder, 0, False)
    assert court.is_right()


def test_an_appeal_goes_to_the_panel_whose_second_equal_vote_moves_the_money(court):
    order = court.order()
    deal = registered(court, order, since(court, order) - DAYS)
    dispute, _, holder = court.claim(order, "registration", deal)
    court.turn()
    with court.road.sessions.begin() as session:
        found = repository.by_id(session, dispute, lock=True)
        service.appeal(court.room(session), found, "respondent", holder, "We were first")
    court.turn()
    assert court.legs(dispute)[0]["court_status"] == "appealed"
    for member in ("mb_one", "mb_two"):
        with court.road.sessions.begin() as session:
            found = repository.by_id(session, dispute, lock=True)
            arbiters.vote(court.room(session, member), found, member, "keep", "The contract says so")
    court.turn()
    done = court.see(dispute)
    # The panel's second vote decides at once: no further day has to pass.
    assert (done.status, done.ruling, done.ruled_by) == ("closed", "keep", "panel")
    assert court.share(order)[0] == holder
    assert court.is_right()


def test_a_withdrawn_claim_gives_the_share_back(court):
    order = court.order()
    dispute, _, holder = court.claim(order, "evidence", evidence=[filed("claimant")])
    court.turn()
    with court.road.sessions.begin() as session:
        service.withdraw(court.room(session), repository.by_id(session, dispute, lock=True), "A mistake")
    court.turn()
    court.now += 3 * DAYS + MINUTES
    court.turn()
    assert (court.see(dispute).status, court.see(dispute).ruled_by) == ("closed", "withdrawal")
    assert court.share(order) == (holder, 0, False)


def test_a_legal_hold_does_not_outlast_the_chain_s_own_deadline(court):
    order = court.order()
    dispute, _, holder = court.claim(order, "evidence", evidence=[filed("claimant")])
    court.turn()
    with court.road.sessions.begin() as session:
        service.hold(court.room(session), repository.by_id(session, dispute, lock=True), "A court was asked")
    court.now += 4 * DAYS
    court.turn()
    assert court.see(dispute).status == "on_hold_legal"
    court.now += DAYS + MINUTES
    court.turn()
    assert (court.see(dispute).status, court.see(dispute).ruled_by) == ("closed", "court")
    assert court.share(order) == (holder, 0, False)


def test_the_court_is_told_each_thing_once_whatever_the_chain_takes_back(court):
    order = court.order()
    deal = registered(court, order, since(court, order) - DAYS)
    dispute, *_ = court.claim(order, "registration", deal)
    court.turn(2)
    court.road.client.call("anvil_reorg", 1, [])
    court.turn()
    with court.road.sessions() as session:
        rows = session.execute(text(
            "SELECT c.kind, i.state FROM dispute_calls c JOIN intents i ON i.id = c.intent_id WHERE c.order_number = :n"
            " ORDER BY c.number"), {"n": order}).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [("open", "mined"), ("rule", "mined")]
    assert court.legs(dispute)[0]["court_status"] == "ruled"
    assert court.is_right()


# --- The case file -----------------------------------------------------------------------------------------


def checked(court, pdf, *, chain=True):
    """What the command line says of a file: whether it is right, and what is wrong first."""
    client = court.road.client if chain else None
    try:
        found = case_check.report(pdf, client)
    except CheckError as error:
        return error.detail
    assert sum(check.compared for check in found.checks) >= 6
    return found.wrong


def case_of(court, dispute):
    with court.road.sessions() as session:
        return case_file.gather(session, repository.by_id(session, dispute), court.road.deployment)


def forged(case, language="en", **changes):
    return case_file.render({**case, **changes}, language)


def test_a_case_file_is_checked_by_itself_and_against_the_chain(court, tmp_path):
    order = court.order()
    # A party's own file, whose hash goes on the chain with the claim.
    dispute, _, _ = court.claim(order, "evidence", evidence=[filed("claimant", b"%PDF-1.7 of the case file")])
    court.turn()
    with court.road.sessions.begin() as session:
        found = repository.by_id(session, dispute, lock=True)
        service.withdraw(court.room(session), found, 'stream\n{"案 <b>&')
    court.turn()
    case = case_of(court, dispute)
    [file] = case["evidence"]
    # In this test nobody signed in to file it, so it is nobody's on the chain: the staff's, say.
    staff = {**case, "evidence": [{**file, "side": "staff"}]}
    for language in ("en", "zh"):
        pdf = case_file.render(staff, language)
        assert checked(court, pdf, chain=False) is None
        assert checked(court, pdf) is None
        assert case_check.read_case(pdf) == json.loads(case_file.text_of(staff))
        text_ = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
        assert dispute in text_
        assert file["sha256"][:20] in text_.replace("\r\n", "")
        assert pypdfium2.PdfDocument(pdf).get_attachment(0).get_name() == "case.json"
    path = tmp_path / "case.pdf"
    path.write_bytes(pdf)
    done = fenrun(tmp_path, "verify", path, "--json")
    assert json.loads(done.stdout)["ok"] is True

    # Whatever is changed afterwards is found, by the file alone or by the chain.
    claim = case["claim"].replace("It is ours", "It was always ours")
    digest = hashlib.sha256(claim.encode()).hexdigest()
    assert "SHA-256" in checked(court, forged(staff, claim=claim), chain=False)
    assert "statement" in checked(court, forged(staff, statement="It was always ours"), chain=False)
    rewritten = forged(staff, claim=claim, claim_sha256=digest, statement="It was always ours")
    assert checked(court, rewritten, chain=False) is None
    assert "another claim" in checked(court, rewritten)
    swapped = {"claimant": case["respondent"], "respondent": case["claimant"]}
    assert "other parties" in checked(court, forged(staff, **swapped))
    [leg] = case["legs"]
    assert "ruled keep" in checked(court, forged(staff, legs=[{**leg, "court_ruling": "transfer"}]))
    assert "not as in the claim" in checked(court, forged(staff, evidence=[]), chain=False)
    assert "does not have" in checked(court, forged(case))
    assert "no case of the form" in checked(court, b"%PDF-1.7 nothing")
    assert "not whole" in checked(court, pdf.replace(b'"claim_sha256"', b'"claim_sha255"'))


# --- A claim that the partner's wallet signs ---------------------------------------------------------------


def signed(wallet, typed_data):
    return bytes(wallet.sign_message(encode_typed_data(full_message=typed_data)).signature)


def test_an_approved_deal_goes_on_chain_by_the_partners_own_signature(court):
    """We only carry it: nobody else's signature will do, and none over another claim. Last, for the wallet stays."""
    road, partner = court.road, 1
    wallet, stranger = Account.create(), Account.create()
    with road.sessions.begin() as session:
        data = artifact("PartnerRegistry").call("changePayout", partner, (wallet.address, bytes(32)))
        at = road.deployment.addresses["PartnerRegistry"]
        bind(session, Call("a wallet", road.keys.address("registrar"), at, data), 500_000)
        plan = session.scalar(text("SELECT id FROM plans ORDER BY number LIMIT 1"))
    court.turn(1)
    court.now += 3 * DAYS + MINUTES
    court.turn(2)
    with road.sessions() as session:
        assert on_chain(session)[partner].now == wallet.address.lower()

    registered_at = court.now
    company = {"legal_name": "Ex GmbH", "name_key": "ex", "country": "DE", "domain": "ex-gmbh.de"}
    with road.sessions.begin() as session:
        deal = Deal(
            id="dl_signed", partner_number=partner, status="submitted", **company, contact=b"", value="under_10k",
            quarter="2026-Q4", stage="demo", compelling_event="x", products=["crm"], region="DE", partner_contact="x",
            contacted_on=court.now.date(), registered_at=registered_at, submitted_at=registered_at, created_by="x",
        )  # fmt: skip
        deals.add(session, deal)
        wanted = deal_service.Attribution("crm-signed", plan)
        key = road.keys.reference_key
        deal_service.decide(session, key, deal, "approve", None, "mb_x", court.now, wanted, signs=True)
        assert (deal.claim, deal.customer_number) == ("awaits_signature", None)
        deadline = court.now + claims.SIGNED_FOR
        typed = claims.typed_data(deal, road.deployment, key, deadline)

    def bring(signature):
        with road.sessions.begin() as session:
            registrar = road.keys.address("registrar")
            found = deals.by_id(session, "dl_signed", lock=True)
            claims.make(
                session, road.client, registrar, road.deployment, key, found, int(deadline.timestamp()), signature
            )

    other = {**typed, "message": {**typed["message"], "referrer": "2"}}
    for wrong in (signed(stranger, typed), signed(wallet, other)):
        with pytest.raises(ClaimRefusedError, match="Referral_BadClaim"):
            bring(wrong)
    bring(signed(wallet, typed))
    court.turn(2)
    with road.sessions() as session:
        row = session.execute(text(
            "SELECT r.status, r.referrer, r.effective_from, c.customer_key FROM referrals r JOIN customers c"
            " ON c.number = r.customer_number WHERE c.external_id = 'crm-signed'")).one()  # fmt: skip
        events = session.scalars(text("SELECT topic FROM chain_logs WHERE contract = 'ReferralRegistry'")).all()
    assert (row.status, row.referrer) == ("registered", partner)
    registry = artifact("ReferralRegistry")
    assert "ReferralClaimed" in {registry.event_names[bytes(topic)] for topic in events}
    [word] = read(
        road.client, "ReferralRegistry", road.deployment.addresses["ReferralRegistry"], "wordOf", bytes(row[3])
    )
    assert word
    with pytest.raises(DealTransitionError):
        bring(signed(wallet, typed))
    assert court.is_right()

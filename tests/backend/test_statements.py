"""Statements: exact to the unit, one after the other, and the same by every path that leads to them."""

from collections import defaultdict
from itertools import pairwise

import pytest
from sqlalchemy import text
from tests.reckoning import reckon

from fenrun.kit.calendar import first_of_next_month
from fenrun.statements import build, check, movements, repository, verify
from fenrun.statements.checkpoint import ACCOUNTS
from fenrun.statements.errors import StatementError


@pytest.fixture
def statements(books):
    """Every partner's statement of every month."""
    return books.statements


def amounts(accounts):
    return {name: int(getattr(accounts, name)) for name in ACCOUNTS}


def test_a_month_opens_with_what_the_one_before_closed_with(books, statements):
    for partner in books.partners:
        months = [statements[partner.number, month] for month in books.months]
        assert amounts(months[0].opening) == dict.fromkeys(ACCOUNTS, 0)
        for before, after in pairwise(months):
            assert before.closing == after.opening
            assert before.ledger.last == after.ledger.before


def test_the_last_closing_is_what_the_accounts_show(books, statements):
    shown = defaultdict(lambda: dict.fromkeys(ACCOUNTS, 0))
    with books.road.sessions() as session:
        rows = session.execute(
            text("SELECT kind, partner_number, credits - debits FROM accounts WHERE partner_number IS NOT NULL")
        )
        for kind, partner, balance in rows:
            name = repository.KINDS[kind]
            shown[partner][name] = int(balance) * (-1 if name == "debt" else 1)
    for partner in books.partners:
        assert amounts(statements[partner.number, books.months[-1]].closing) == shown[partner.number]
    assert any(balance["debt"] for balance in shown.values())


def test_the_shares_are_those_of_the_reckoning_from_the_files(replayed, books, statements, today):
    expected, _ = reckon(replayed[0], today)
    found = {}
    for statement in statements.values():
        for order in statement.orders:
            for leg in order.legs:
                if order.external_id.startswith("CD-"):
                    found[order.external_id, leg.role] = (
                        statement.partner.external_id, int(order.base), leg.rate_bps, int(leg.share), leg.tier,
                        order.settled_on.isoformat(), order.payable_on.isoformat(),
                    )  # fmt: skip
    assert found == {key: (*leg[:4], leg[5], *leg[6:]) for key, leg in expected.items()}


def test_everything_that_can_happen_is_in_some_statement(statements):
    kinds = {movement.kind for statement in statements.values() for movement in statement.movements}
    # Withdrawals belong to the token rail.
    assert kinds == set(movements.KINDS) - {"withdrawn"}


def test_every_statement_holds_by_itself(statements):
    for statement in statements.values():
        assert [found for found in check.checks(statement) if found.wrong] == []


def test_every_statement_holds_against_the_chain(books, statements):
    # All logs are read for each: every month of some partner will do, and of every partner the one when most happened.
    chosen = {
        *[(books.partners[at % len(books.partners)].number, month) for at, month in enumerate(books.months)],
        *[max(own, key=lambda key: len(statements[key].movements)) for own in by_partner(statements)],
    }
    for key in sorted(chosen):
        read = check.read(statements[key].model_dump_json())
        report = verify.against_chain(read, books.road.client, books.source.deployment.addresses["SettlementLedger"])
        assert report.wrong is None, (key, report.wrong)
        assert (read.checkpoint is not None) == (key[1] in books.closed and has_figures(read))


def by_partner(statements):
    for number in {number for number, _ in statements}:
        yield [key for key in statements if key[0] == number]


def has_figures(statement):
    return bool(statement.totals.legs or statement.totals.movements or any(amounts(statement.opening).values()))


def test_the_figures_of_a_checkpoint_are_those_of_the_statements(books, statements):
    with books.road.sessions() as session:
        for month in (books.closed[3], *books.months[-2:]):
            at = repository.span(session, month, first_of_next_month(month))
            figures = build.figures(session, books.source, month, at)
            own = {n: check.figures(s) for (n, m), s in statements.items() if m == month and has_figures(s)}
            assert figures == own


@pytest.mark.parametrize("kind", ["BatchSettled", "CreditsMatured", "PayoutsRecorded", "OrderRefunded"])
def test_no_statement_is_made_of_books_that_do_not_agree_with_the_logs(books, kind):
    with books.road.sessions() as session:
        session.execute(text("ALTER TABLE postings DISABLE TRIGGER USER"))
        number, partner, day = session.execute(
            text(
                "UPDATE postings SET amount = amount + 1 WHERE (transaction_number, position) = ("
                " SELECT p.transaction_number, p.position FROM postings p"
                " JOIN transactions t ON t.number = p.transaction_number"
                " JOIN accounts a ON a.id IN (p.source_id, p.destination_id) AND a.partner_number IS NOT NULL"
                " WHERE t.kind = :kind ORDER BY 1, 2 LIMIT 1)"
                " RETURNING transaction_number, (SELECT coalesce(max(a.partner_number)) FROM accounts a"
                "  WHERE a.id IN (source_id, destination_id)), (SELECT effective_on FROM transactions"
                "  WHERE number = transaction_number)"
            ),
            {"kind": kind},
        ).one()
        owner = next(p for p in books.partners if p.number == partner)
        with pytest.raises(StatementError, match=f"transaction {number}: the log moves"):
            build.statement(session, books.source, owner, day.replace(day=1))
        month = day.replace(day=1)
        at = repository.span(session, month, first_of_next_month(month))
        with pytest.raises(StatementError, match=f"Partner {partner}, {month:%Y-%m}"):
            build.figures(session, books.source, month, at)
        session.rollback()


def test_what_is_not_final_is_in_no_statement(books):
    with books.road.sessions() as session:
        last = session.scalar(text("SELECT max(number) FROM transactions"))
        session.execute(text("DELETE FROM postings WHERE transaction_number > :n"), {"n": last - 3})
        session.execute(text("DELETE FROM transactions WHERE number > :n"), {"n": last - 3})
        for partner in books.partners:
            made = build.statement(session, books.source, partner, books.months[-1])
            assert made.ledger.last <= last - 3
            assert max((m.seq for m in made.movements), default=0) <= last - 3
            assert not made.period.complete
        session.rollback()


def test_what_comes_late_is_of_the_month_in_which_it_came(books, statements):
    settled = {order.order_no: month for (_, month), s in statements.items() for order in s.orders}
    clawed = {
        (movement.order_no, month)
        for (_, month), s in statements.items()
        for movement in s.movements
        if movement.kind == "clawed_back"
    }
    late = {(number, month) for number, month in clawed if settled[number] in books.closed}
    assert late
    assert {month for _, month in late}.isdisjoint(books.closed)

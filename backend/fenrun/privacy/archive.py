"""The archive of what is kept of a member and of its partner: a ZIP file of JSON and CSV, with a list of its files."""

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.orm import Session

from fenrun.kit.days import Days
from fenrun.kit.money import Currency
from fenrun.payouts import details
from fenrun.payouts import repository as payouts
from fenrun.privacy import repository
from fenrun.registry import person_keys
from fenrun.registry.models import Member
from fenrun.settlement import reads
from fenrun.statements import export

_UTC = Days(ZoneInfo("UTC"))


def make(
    session: Session, key: bytes, member: Member, partner: int | None, currency: Currency, now: dt.datetime
) -> bytes:
    """Everything that is kept of a member, and of a partner where one is given, as of one moment of the database.

    Args:
        session: one that sees one moment, see `export.snapshot`.
        key: the installation's key, under which the partner's is kept, by which the account to pay to is read.
        member: whose data.
        partner: the number of the partner whose data are meant as well.
        currency: the ledger's.
        now: the time.
    """
    tables = repository.rows(session, member.id, member.email, partner)
    files = {f"{name}.json": _json(rows) for name, rows in tables.items()}
    if partner is not None:
        files["account_to_pay_to.json"] = _json(_accounts(session, key, partner))
        for name, filters in _lists(partner).items():
            table = export.TABLES[name]
            rows = export.rows(session, table, filters, currency, _UTC)
            files[f"{name}.csv"] = b"".join(export.as_csv(table.columns, rows))
    listing = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    about = {"made_at": now.isoformat(), "member_id": member.id, "partner_number": partner, "sha256": listing}
    return _zip({"manifest.json": _json(about), **files}, now)


def _lists(partner: int) -> dict[str, reads.Filters]:
    return {
        "commissions": reads.Filters.of(partner=partner),
        "orders": reads.Filters.of(order_of_partner=partner),
        "payouts": payouts.conditions(payee=partner),
    }


def _accounts(session: Session, key: bytes, partner: int) -> dict[str, Any]:
    own = person_keys.of_all(session, key, [partner])[partner]
    if own is None:
        return {"erased": True}
    found = {"in_force": payouts.details(session, partner), "asked_for": payouts.waiting_change(session, partner)}
    return {
        name: msgspec.to_builtins(details.unseal(own, partner, known.account))
        for name, known in found.items()
        if known is not None and known.account is not None
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str).encode()


def _zip(files: Mapping[str, bytes], now: dt.datetime) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()

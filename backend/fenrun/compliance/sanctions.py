"""Sanctions lists: files with a version, against which names are screened.

A file is JSON: `{"name": …, "version": …, "entries": [{"id": …, "names": [name, alias, …]}, …]}`; or CSV with columns
`id`, `name` and `aliases` (semicolons between), as OpenSanctions publishes OFAC's, the EU's, the UN's and others' lists
(`targets.simple.csv`): then its file's name is the list's, and its digest the version. Of each list the newest version
counts. A name is compared by all its letters and by its words in any order, in Latin and Chinese alike.
"""

import csv
import datetime as dt
import hashlib
import io
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fenrun.compliance.errors import SanctionsFileError
from fenrun.compliance.models import SanctionsList, SanctionsName, Screening
from fenrun.kit.company_identity import name_key
from fenrun.kit.db import among, copy_rows

_LOWEST = 80
"""Of a hundred: what is less like it than this is not like it at all."""
_AT_ONCE = 256
"""Names compared with a whole list in one call: 20,000 names of a list make 5 MB of scores."""


class Likest(NamedTuple):
    """The name on the lists that a name is most like."""

    score_bps: int | None
    """10,000 is the very name; None: like none."""
    entry: str | None
    """`list:id`."""
    name: str | None
    versions: str
    """Of the lists, such as `OFAC-SDN@2026-11-20`."""


def in_force(session: Session) -> Sequence[SanctionsList]:
    """The newest version of each list, by name."""
    newest = select(func.max(SanctionsList.number)).group_by(SanctionsList.name)
    return session.scalars(
        select(SanctionsList).where(SanctionsList.number.in_(newest)).order_by(SanctionsList.name)
    ).all()


def load(session: Session, content: bytes, by: str, now: dt.datetime, file_name: str = "list.json") -> SanctionsList:
    """Takes in a version of a list; the same again changes nothing.

    Args:
        session: the transaction.
        content: of the file.
        by: who loads it.
        now: the time.
        file_name: says by its end whether it is CSV or JSON.

    Raises:
        SanctionsFileError: it is none; or the version is there with other content.
    """
    name, version, entries = _read_csv(content, file_name) if file_name.endswith(".csv") else _read(content)
    digest = hashlib.sha256(content).digest()
    known = session.scalar(select(SanctionsList).where(SanctionsList.name == name, SanctionsList.version == version))
    if known is not None:
        if known.sha256 != digest:
            raise SanctionsFileError(f"{name}@{version} is loaded already with other content; give it another version")
        return known
    made = SanctionsList(name=name, version=version, sha256=digest, entries=len(entries), loaded_by=by, loaded_at=now)
    session.add(made)
    session.flush()
    rows = [(made.number, entry, spelled, folded(spelled)) for entry, names in entries for spelled in names]
    copy_rows(session, "sanctions_names", ("list_number", "entry", "name", "folded"), rows)
    return made


def load_shipped(session: Session, now: dt.datetime) -> None:
    """Takes in the small made-up list that is shipped, where there is no list at all."""
    if session.scalar(select(SanctionsList.number).limit(1)) is None:
        file = resources.files("fenrun.compliance") / "catalogue" / "sanctions.json"
        load(session, file.read_bytes(), "fenrun", now)


def folded(name: str) -> str:
    """A name as it is compared: its words without case, accents and punctuation."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name).casefold())
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())


def screen(session: Session, names: Iterable[str], now: dt.datetime) -> Mapping[str, Likest]:
    """What each name is most like on the lists in force. What was found before is kept until a list changes."""
    lists = in_force(session)
    versions = ",".join(f"{one.name}@{one.version}" for one in lists)
    wanted = {name: folded(name) for name in names}
    known = {
        row.folded: row
        for row in session.scalars(
            select(Screening).where(among(Screening.folded, list(set(wanted.values()))), Screening.lists == versions)
        )
    }
    missing = sorted(set(wanted.values()) - set(known))
    if missing:
        _compare(session, lists, versions, missing, now)
        fresh = select(Screening).where(among(Screening.folded, missing))
        known |= {row.folded: row for row in session.scalars(fresh)}
    return {
        name: Likest(known[key].score_bps, known[key].entry, known[key].name, versions) for name, key in wanted.items()
    }


def _compare(
    session: Session, lists: Sequence[SanctionsList], versions: str, names: Sequence[str], now: dt.datetime
) -> None:
    titles = {one.number: one.name for one in lists}
    listed = session.execute(
        select(SanctionsName.list_number, SanctionsName.entry, SanctionsName.name, SanctionsName.folded)
        .where(SanctionsName.list_number.in_(titles))
        .order_by(SanctionsName.number)
    ).all()
    session.execute(delete(Screening).where(among(Screening.folded, list(names))))
    choices, keys = [row.folded for row in listed], [name_key(row.name) for row in listed]
    rows: list[tuple[object, ...]] = []
    for start in range(0, len(names), _AT_ONCE):
        part = names[start : start + _AT_ONCE]
        for name, (score, place) in zip(part, _best(part, choices, keys), strict=True):
            if score < _LOWEST:
                rows.append((name, versions, None, None, None, now))
            else:
                row = listed[place]
                entry = f"{titles[row.list_number]}:{row.entry}"
                rows.append((name, versions, int(score * 100), entry, row.name, now))
    copy_rows(session, "screenings", ("folded", "lists", "score_bps", "entry", "name", "at"), rows)


def _best(names: Sequence[str], choices: Sequence[str], keys: Sequence[str]) -> list[tuple[float, int]]:
    """For each name the highest score, of a hundred, and where in the choices it is.

    The greater of two: of all words in any order, and of the names without their legal forms, so that 上海某某有限公司
    and 上海某某 are one.
    """
    if not choices:
        return [(0.0, 0)] * len(names)
    words = process.cdist(names, choices, scorer=fuzz.token_sort_ratio, score_cutoff=_LOWEST, dtype=np.float32)
    bare = process.cdist(
        [name_key(name) for name in names], keys, scorer=fuzz.ratio, score_cutoff=_LOWEST, dtype=np.float32
    )
    scores = np.maximum(words, bare)
    places = scores.argmax(axis=1)
    return [(float(scores[row, place]), int(place)) for row, place in enumerate(places)]


def _read(content: bytes) -> tuple[str, str, list[tuple[str, list[str]]]]:
    try:
        file = json.loads(content)
        name, version, entries = str(file["name"]), str(file["version"]), file["entries"]
    except (ValueError, KeyError, TypeError) as error:
        raise SanctionsFileError(f"It is no JSON object with name, version and entries: {error}") from error
    if not name.strip() or not version.strip() or not isinstance(entries, list):
        raise SanctionsFileError("name and version must not be empty, and entries is a list")
    found = []
    for row, entry in enumerate(entries, start=1):
        names = entry.get("names") if isinstance(entry, dict) else None
        usable = isinstance(names, list) and all(isinstance(one, str) and folded(one) for one in names)
        if not usable or not names or not entry.get("id"):
            raise SanctionsFileError(f"Entry {row} needs an id and names, each with a letter in it")
        found.append((str(entry["id"]), names))
    return name, version, found


def _read_csv(content: bytes, file_name: str) -> tuple[str, str, list[tuple[str, list[str]]]]:
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        if not {"id", "name", "aliases"} <= set(rows.fieldnames or ()):
            raise SanctionsFileError(f"{file_name}: its first row needs id, name and aliases among the columns")
        found = []
        for number, row in enumerate(rows, start=2):
            names = [one.strip() for one in (row["name"], *(row["aliases"] or "").split(";")) if folded(one or "")]
            if not row["id"] or not names:
                raise SanctionsFileError(f"{file_name}: row {number} needs an id and a name with a letter in it")
            found.append((row["id"], names))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SanctionsFileError(f"{file_name}: {error}") from error
    return file_name.removesuffix(".csv"), hashlib.sha256(content).hexdigest()[:12], found

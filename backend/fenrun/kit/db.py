"""The database: one PostgreSQL, one transaction per request or job, committed at the edge."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ARRAY, BigInteger, ColumnElement, DateTime, Engine, MetaData, any_, create_engine, literal, text
from sqlalchemy.dialects.postgresql import BYTEA, JSONB, insert
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, Session, mapped_column, sessionmaker

# Signature, flags, length of an extension; see PostgreSQL's manual of COPY, "Binary Format".
_COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_TRAILER = b"\xff\xff"


class Base(DeclarativeBase):
    """The parent of all tables. Times are with zone, integers are 64 bits, bytes are bytea."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        bytes: BYTEA,
        dt.datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class Fact(Base):
    """What this installation knows about itself: chain, contracts, keys in use, state of a replay."""

    __tablename__ = "facts"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]


def connect(url: str) -> Engine:
    """An engine for a `postgresql://` address."""
    return create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,
        hide_parameters=True,  # an error's text would carry them into a log
    )


def ensure_database(url: str, name: str) -> str:
    """The address of a database on a server, made first when it is not there. The name is ours."""
    server = connect(url)
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        there = text("SELECT FROM pg_database WHERE datname = :name")
        if connection.execute(there, {"name": name}).one_or_none() is None:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        address = connection.engine.url.set(drivername="postgresql", database=name)
    server.dispose()
    return address.render_as_string(hide_password=False)


def sessions(engine: Engine) -> "sessionmaker[Session]":
    """Sessions for `with factory.begin() as session`, which commits once at the end."""
    return sessionmaker(engine, expire_on_commit=False)


def get_fact(session: Session, name: str) -> dict[str, Any] | None:
    """A fact by name; None when it was never set."""
    fact = session.get(Fact, name)
    return fact.value if fact else None


def set_fact(session: Session, name: str, value: Mapping[str, Any]) -> None:
    """Sets a fact, or replaces it."""
    row = insert(Fact).values(name=name, value=dict(value))
    session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": row.excluded.value}))


def among(column: "InstrumentedAttribute[Any]", values: Sequence[Any]) -> ColumnElement[bool]:
    """Whether a column is one of many values, sent as one array: a parameter for each takes longer than the query."""
    return column == any_(literal(list(values), ARRAY(column.type)))


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes many rows by COPY, in the session's own transaction. Names are ours, never a caller's."""
    session.flush()
    connection = session.connection().connection.driver_connection
    assert connection is not None
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def copy_columns(session: Session, table: str, columns: Mapping[str, tuple[str, NDArray[Any]]]) -> None:
    """Writes many rows of fixed widths by binary COPY, without touching one by one. Names are ours, never a caller's.

    Args:
        columns: By name, the big-endian type that the column has (`>i8`, `>i4`, `>i2`, or `S3` for texts of three
            bytes) and its values; none is null.
    """
    names, types = list(columns), [type_ for type_, _ in columns.values()]
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for name, type_ in zip(names, types, strict=True):
        layout += [(f"{name}:size", ">i4"), (name, type_)]
    rows = np.zeros(len(columns[names[0]][1]), np.dtype(layout))
    rows["fields"] = len(names)
    for name, (type_, values) in columns.items():
        rows[f"{name}:size"] = np.dtype(type_).itemsize
        rows[name] = values
    session.flush()
    connection = session.connection().connection.driver_connection
    assert connection is not None
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT binary)") as copy,
    ):
        copy.write(_COPY_HEADER + rows.tobytes() + _COPY_TRAILER)


def read_columns(
    session: Session, query: str, columns: Mapping[str, str], values: Sequence[Any] = ()
) -> dict[str, Any]:
    """Many rows of numbers by binary COPY, as columns.

    Args:
        query: What is read; it has no null, and a type of PostgreSQL for each column.
        columns: By name, the big-endian type, as in `copy_columns`.
        values: Of the query's `%s`.
    """
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for name, type_ in columns.items():
        layout += [(f"{name}:size", ">i4"), (name, type_)]
    session.flush()
    connection = session.connection().connection.driver_connection
    assert connection is not None
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)", values) as copy:
        content = b"".join(copy)
    rows = np.frombuffer(content[len(_COPY_HEADER) : -len(_COPY_TRAILER)], np.dtype(layout))
    return {name: rows[name].astype(np.int64) for name in columns}


@contextmanager
def only_one(engine: Engine, name: str) -> Iterator[bool]:
    """Holds the advisory lock of a name for the block; yields False when somebody else has it.

    The lock goes with its connection, so a killed process frees it.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = connection.execute(
            text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))"), {"name": name}
        ).scalar_one()
        try:
            yield bool(mine)
        finally:
            if mine:
                connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))"), {"name": name})

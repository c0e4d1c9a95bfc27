"""What the kit itself keeps."""

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from fenrun.kit.db import Base


class IdempotencyKey(Base):
    """The answer that a caller got under a key. Money keys never expire."""

    __tablename__ = "idempotency_keys"

    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    status: Mapped[int]
    response: Mapped[dict[str, Any]]

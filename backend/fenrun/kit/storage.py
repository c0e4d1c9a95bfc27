"""Files that people hand in, kept by their content: an address is the SHA-256 of the bytes, so that none can be changed
unseen and the same file is kept once.

They go where `FENRUN_STORAGE` says: a folder, or whatever `fsspec` has a backend for. A file is put before the
transaction that names it commits; one that nobody names after a crash does no harm.
"""

import hashlib
import io
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from fsspec.core import url_to_fs

from fenrun.kit.errors import FenrunError, SetupError

_DIGEST = re.compile(r"[0-9a-f]{64}")


class FileDamagedError(FenrunError):
    """A file that was kept is gone, or its bytes are no longer those that were put."""

    code = "file_damaged"
    title = "A kept file is missing or damaged"


class Store:
    """Files by their content."""

    def __init__(self, location: str) -> None:
        """A store at a path or an address such as `s3://bucket/folder`.

        Raises:
            SetupError: no backend for the address is installed, or there is none of that name.
        """
        try:
            self._files, root = url_to_fs(location)
        except (ImportError, ValueError) as error:
            raise SetupError(f"FENRUN_STORAGE: {location} cannot be used: {error}") from error
        self._root = root.rstrip("/")

    @classmethod
    def of(cls, setting: str | None, folder: Path) -> "Store":
        """The store that the setting names, or `files` beside an installation's other data."""
        return cls(setting or str((folder / "files").resolve()))

    def put(self, content: bytes) -> str:
        """Keeps a file; returns its address, which is its SHA-256 in hex. The same content again changes nothing."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if self._files.exists(path) and self._files.size(path) == len(content):
            return digest
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        # Written aside and renamed: nobody reads half a file, and a crash leaves none under the name.
        aside = f"{path}.{secrets.token_hex(8)}"
        with self._files.open(aside, "wb") as file:
            file.write(content)
            file.flush()
            with suppress(io.UnsupportedOperation):  # what is no disk has no such call
                os.fsync(file.fileno())
        self._files.mv(aside, path)
        return digest

    def get(self, digest: str) -> bytes:
        """The file of an address.

        Raises:
            FileDamagedError: it is gone, or is not what was put.
        """
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{digest!r} is no SHA-256 in hex")
        try:
            content: bytes = self._files.cat_file(self._path(digest))
        except FileNotFoundError as error:
            raise FileDamagedError(f"The file {digest} is gone; bring FENRUN_STORAGE back from its backup") from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise FileDamagedError(f"The file {digest} is damaged; bring it back from the backup of FENRUN_STORAGE")
        return content

    def _path(self, digest: str) -> str:
        return f"{self._root}/{digest[:2]}/{digest}"

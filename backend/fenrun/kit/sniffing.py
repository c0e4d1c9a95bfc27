"""What a file is by its bytes, whatever it is called: only what is listed here is taken in."""

import io
import unicodedata
import zipfile

from fenrun.kit.errors import FenrunError

_OFFICE = "application/vnd.openxmlformats-officedocument."
PDF, TEXT, ZIP = "application/pdf", "text/plain", "application/zip"
EXTENSIONS: dict[str, tuple[str, ...]] = {
    PDF: ("pdf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "video/mp4": ("mp4",),
    f"{_OFFICE}wordprocessingml.document": ("docx",),
    f"{_OFFICE}presentationml.presentation": ("pptx",),
    f"{_OFFICE}spreadsheetml.sheet": ("xlsx",),
    ZIP: ("zip",),
    TEXT: ("txt", "md", "csv"),
}
"""By media type, how its files are called."""

_BEGINS = {b"%PDF-": PDF, b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_PARTS = {
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
    "ppt/presentation.xml": f"{_OFFICE}presentationml.presentation",
    "xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
}
_BLANKS = "\t\n\r\f"


class FileRefusedError(FenrunError):
    """A file of a kind that is not taken in, or that is not what its name says."""

    code = "file_refused"
    status = 422
    title = "This file cannot be taken in"


def media_type(content: bytes) -> str | None:
    """What a file is; None when it is nothing that is taken in."""
    for begin, found in _BEGINS.items():
        if content.startswith(begin):
            return found
    if content[4:8] == b"ftyp":
        return "video/mp4"
    if content.startswith(b"PK"):
        return _of_archive(content)
    return TEXT if _is_text(content) else None


def media_type_of(name: str, content: bytes) -> str:
    """What a file is, which is what its name says.

    Raises:
        FileRefusedError: it is empty, of another kind than its name says, or of none that is taken in.
    """
    found = media_type(content)
    extension = name.rpartition(".")[2].lower()
    known = ", ".join(one for names in EXTENSIONS.values() for one in names)
    if found is None or not content:
        raise FileRefusedError(f"{name}: it is empty, or of no kind that is taken in, which are {known}")
    if extension not in EXTENSIONS[found]:
        raise FileRefusedError(f"{name}: by its content it is {found}, and is called .{EXTENSIONS[found][0]} then")
    return found


def _of_archive(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    return next((found for part, found in _PARTS.items() if part in names), ZIP)


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return all(one in _BLANKS or unicodedata.category(one) != "Cc" for one in text)

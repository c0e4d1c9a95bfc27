"""The store of files: by content, in a folder and in another of fsspec's backends."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenrun.kit.errors import SetupError
from fenrun.kit.storage import FileDamagedError, Store


@pytest.fixture(params=["folder", "memory://evidence"])
def store(request, tmp_path):
    return Store(str(tmp_path / "files") if request.param == "folder" else request.param)


def kept(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_comes_back_under_the_hash_of_its_bytes(store):
    digest = store.put("合同 contract".encode())
    assert digest == hashlib.sha256("合同 contract".encode()).hexdigest()
    assert store.get(digest).decode() == "合同 contract"


@given(content=st.binary(max_size=300))
def test_any_bytes_come_back_even_none(content):
    store = Store("memory://any")
    assert store.get(store.put(content)) == content


def test_the_same_content_is_kept_once_and_nothing_is_left_beside_it(tmp_path):
    store = Store(str(tmp_path / "files"))
    assert store.put(b"twice") == store.put(b"twice")
    assert [path.read_bytes() for path in kept(tmp_path)] == [b"twice"]


def test_a_file_that_was_cut_short_is_seen_and_mended_by_the_next_put(tmp_path):
    store = Store(str(tmp_path / "files"))
    digest = store.put(b"the whole of it")
    [path] = kept(tmp_path)
    path.write_bytes(b"the who")
    with pytest.raises(FileDamagedError, match="damaged"):
        store.get(digest)
    store.put(b"the whole of it")
    assert store.get(digest) == b"the whole of it"


def test_one_changed_bit_is_seen(tmp_path):
    store = Store(str(tmp_path / "files"))
    digest = store.put(b"the price is 100")
    [path] = kept(tmp_path)
    path.write_bytes(b"the price is 900")
    with pytest.raises(FileDamagedError, match=digest):
        store.get(digest)


def test_a_file_that_is_gone_is_said_to_be(store):
    with pytest.raises(FileDamagedError, match="is gone"):
        store.get("0" * 64)


def test_what_is_no_hash_is_never_a_path(store):
    with pytest.raises(ValueError, match="no SHA-256"):
        store.get("../../etc/passwd")


@pytest.mark.parametrize("location", ["nowhere://here", "abfs://container/folder"])
def test_a_place_without_a_backend_is_refused_with_the_settings_name(location):
    with pytest.raises(SetupError, match="FENRUN_STORAGE"):
        Store(location)


def test_without_the_setting_files_lie_beside_the_installations_data(tmp_path):
    Store.of(None, tmp_path).put(b"x")
    assert kept(tmp_path)[0].is_relative_to(tmp_path / "files")
    Store.of(str(tmp_path / "elsewhere"), Path("unused")).put(b"x")
    assert kept(tmp_path / "elsewhere")

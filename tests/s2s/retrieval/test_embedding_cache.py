"""The cache of embeddings: what was added is there, whatever is killed, damaged or written at the same time."""

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import save_file

from s2s.retrieval.cache import EmbeddingCache, FileIdentity, user_cache

DIM = 4


def file_named(name: str, version: int = 1) -> FileIdentity:
    return FileIdentity(f"{name}.png", size_bytes=10, mtime_ns=version)


def vector(seed: int) -> NDArray[np.float32]:
    drawn = np.random.default_rng(seed).normal(size=DIM)
    return (drawn / np.linalg.norm(drawn)).astype(np.float32)


def filled(place: Path, names: str) -> EmbeddingCache:
    """Return a cache with one part a letter."""
    cache = EmbeddingCache(place, DIM)
    for name in names:
        cache.add({file_named(name): vector(ord(name))})
    return cache


def read_anew(place: Path, names: str) -> str:
    """Return which of `names` a new process would find, having checked that each is what was added."""
    known = EmbeddingCache(place, DIM).read([file_named(name) for name in names])
    for file, found in known.items():
        assert np.array_equal(found, vector(ord(file.path[0])))
    return "".join(sorted(file.path[0] for file in known))


def test_a_file_is_known_by_its_path_size_and_time(tmp_path: Path) -> None:
    file = tmp_path / "sub" / "é.png"
    file.parent.mkdir()
    file.write_bytes(b"12345")
    os.utime(file, ns=(0, 1_234_567_891))
    assert FileIdentity.of(file, tmp_path) == FileIdentity("sub/é.png", 5, 1_234_567_891)


def test_what_was_added_is_read_by_the_next_and_nothing_else(tmp_path: Path) -> None:
    filled(tmp_path / "new" / "place", "abc")
    assert read_anew(tmp_path / "new" / "place", "bcd") == "bc"
    assert not EmbeddingCache(tmp_path / "new" / "place", DIM).read([file_named("a", version=2)])


def test_a_cache_that_was_never_written_is_empty(tmp_path: Path) -> None:
    assert EmbeddingCache(tmp_path / "nowhere", DIM).read([file_named("a")]) == {}
    assert not (tmp_path / "nowhere").exists()


def test_tidying_drops_what_is_gone_and_merges_the_rest(tmp_path: Path) -> None:
    cache = filled(tmp_path, "abcde")
    cache.tidy([file_named(name) for name in "acd"])
    assert len(list(tmp_path.iterdir())) == 1
    assert read_anew(tmp_path, "abcde") == "acd"


def test_tidying_a_tidy_cache_writes_nothing(tmp_path: Path) -> None:
    filled(tmp_path, "a")
    before = sorted(tmp_path.iterdir())
    cache = EmbeddingCache(tmp_path, DIM)
    cache.read([file_named("a")])
    cache.tidy([file_named("a")])
    assert sorted(tmp_path.iterdir()) == before


def test_full_parts_are_left_alone_until_a_file_of_theirs_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("s2s.retrieval.cache._FULL_PART", 3)
    cache = EmbeddingCache(tmp_path, DIM)
    cache.add({file_named(name): vector(ord(name)) for name in "abc"})
    full = next(tmp_path.iterdir())
    for name in "defg":
        cache.add({file_named(name): vector(ord(name))})
    cache.tidy([file_named(name) for name in "abcdefg"])
    assert full.exists()
    assert len(list(tmp_path.iterdir())) == 3
    cache.tidy([file_named(name) for name in "abdefg"])
    assert not full.exists()
    assert read_anew(tmp_path, "abcdefg") == "abdefg"


@pytest.mark.parametrize("damage", ["empty", "truncated", "garbage", "other dim", "other format", "not unit", "NaN"])
def test_a_damaged_part_is_put_away_with_a_word_and_the_others_still_serve(
    damage: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    filled(tmp_path, "a")
    part = next(tmp_path.iterdir())
    whole = part.read_bytes()
    filled(tmp_path, "b")
    if damage in ("empty", "truncated", "garbage"):
        part.write_bytes({"empty": b"", "truncated": whole[:-3], "garbage": b"\xff" * 500}[damage])
    else:
        rows = np.stack([vector(1)])
        about = {"format": "1", "files": '[["a.png", 10, 1]]'}
        if damage == "other dim":
            rows = np.ones((1, 1), np.float32)
        elif damage == "other format":
            about["format"] = "0"
        else:
            rows = rows * np.float32(2.0 if damage == "not unit" else np.nan)
        save_file({"embeddings": rows}, part, metadata=about)
    with caplog.at_level(logging.WARNING):
        assert read_anew(tmp_path, "ab") == "b"
    assert [part.name in message and "damaged" in message for message in caplog.messages] == [True]
    assert not part.exists()


def test_where_nothing_can_be_written_the_cache_says_so_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = EmbeddingCache(tmp_path / "file" / "place", DIM)
    assert cache.read([file_named("a")]) == {}
    cache.add({file_named("a"): vector(1)})
    cache.add({file_named("b"): vector(2)})
    cache.tidy([])
    assert [message.startswith("embeddings cannot be kept in") for message in caplog.messages] == [True]


@pytest.mark.proc
def test_a_process_killed_while_adding_leaves_what_it_had_added(tmp_path: Path) -> None:
    program = f"""
import os, signal
from pathlib import Path
from tests.s2s.retrieval.test_embedding_cache import filled
import s2s.retrieval.cache
place = Path({str(tmp_path)!r})
filled(place, "abc")
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # a part is written, but not yet in its place
filled(place, "d")
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=300, check=False)
    assert done.returncode == -signal.SIGKILL
    assert read_anew(tmp_path, "abcd") == "abc"
    left = next(tmp_path.glob("*.tmp"))
    cache = filled(tmp_path, "ef")
    cache.tidy([file_named("e"), file_named("f")])
    assert left.exists()  # it could be a living process's
    os.utime(left, ns=(0, 0))
    filled(tmp_path, "gh").tidy([file_named("g"), file_named("h")])
    assert not left.exists()


@pytest.mark.proc
def test_processes_that_add_and_tidy_at_once_lose_nothing(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from tests.s2s.retrieval.test_embedding_cache import DIM, EmbeddingCache, file_named, vector
names = [chr(code) for code in range(0x100, 0x180)]
cache = EmbeddingCache(Path(sys.argv[1]), DIM)
for count, name in enumerate(names[int(sys.argv[2])::2]):
    cache.add({file_named(name): vector(ord(name))})
    if count % 8 == 7:
        cache.read([])
        cache.tidy([file_named(name) for name in names])
"""
    command = [sys.executable, "-c", program, str(tmp_path)]
    running = [subprocess.Popen([*command, half]) for half in ("0", "1")]
    assert [process.wait(timeout=300) for process in running] == [0, 0]
    names = "".join(chr(code) for code in range(0x100, 0x180))
    assert read_anew(tmp_path, names) == names


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["add", "tidy", "reopen"]), st.sets(st.sampled_from("abcdef"))), max_size=12
    )
)
def test_the_cache_holds_what_was_added_less_what_was_gone(
    steps: list[tuple[str, set[str]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("cache")
    cache = EmbeddingCache(place, DIM)
    expected: set[str] = set()
    for action, names in steps:
        files = [file_named(name) for name in sorted(names)]
        if action == "add":
            cache.add({file: vector(ord(file.path[0])) for file in files})
            expected |= names
        elif action == "tidy":
            cache.tidy(files)
            expected &= names
        else:
            cache = EmbeddingCache(place, DIM)
            cache.read(files)
        assert set(read_anew(place, "abcdef")) == expected


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("/somewhere", "/somewhere"),
        ("relative", "/home/her/.cache"),
        ("", "/home/her/.cache"),
        (None, "/home/her/.cache"),
    ],
)
def test_the_users_cache_follows_the_desktop_standard(
    named: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/her")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    if named is not None:
        monkeypatch.setenv("XDG_CACHE_HOME", named)
    assert user_cache() == Path(expected, "sound-to-scene", "embeddings")

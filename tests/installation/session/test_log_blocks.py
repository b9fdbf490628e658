"""A log's file: what is cut off or damaged ends it there, and nothing before it is lost."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.session.blocks import LARGEST_BYTES, MAGIC, BlockReader, pack
from installation.session.latents import changed, is_steady, restored

PAYLOADS = [b"one\n", b"two\n" * 500, bytes(range(256))]
FILE = MAGIC + b"".join(map(pack, PAYLOADS))


def read(file: bytes) -> tuple[list[bytes], str]:
    reader = BlockReader(io.BytesIO(file))
    return list(reader), reader.damage


def test_a_whole_file_is_read_whole() -> None:
    assert read(FILE) == (PAYLOADS, "")


@given(st.integers(len(MAGIC), len(FILE) - 1))
def test_a_file_that_is_cut_off_anywhere_gives_its_whole_blocks(length: int) -> None:
    found, damage = read(FILE[:length])
    assert found == PAYLOADS[: len(found)] and len(found) < len(PAYLOADS)
    ends = [len(MAGIC) + sum(len(pack(one)) for one in PAYLOADS[:n]) for n in range(len(PAYLOADS))]
    assert bool(damage) == (length not in ends)


@given(st.integers(len(MAGIC), len(FILE) - 1), st.integers(1, 255))
def test_a_byte_that_is_damaged_ends_the_log_there_and_never_changes_what_is_read(place: int, by: int) -> None:
    damaged = bytearray(FILE)
    damaged[place] ^= by
    found, damage = read(bytes(damaged))
    assert damage and found == PAYLOADS[: len(found)]


def test_a_small_file_does_not_become_a_large_one() -> None:
    bomb = zlib.compress(b"\0" * 4_000_000)
    for said in (10, LARGEST_BYTES + 1):
        head = struct.pack("<4sIII", b"BLK1", len(bomb), zlib.crc32(bomb), said)
        assert read(MAGIC + head + bomb) == ([], "it is cut off or damaged in its block 1")


def test_another_file_is_no_log() -> None:
    with pytest.raises(ValueError, match="no session log"):
        BlockReader(io.BytesIO(b"#!/bin/sh"))


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(*[st.binary(min_size=4 * n, max_size=4 * n)] * 2)))
def test_a_change_leads_back_to_what_it_was_of(pair: tuple[bytes, bytes]) -> None:
    now, before = pair
    assert is_steady(now, before) and restored(changed(now, before), before) == now


def test_a_vector_that_glides_takes_less_room_than_itself() -> None:
    rng = np.random.default_rng(0)
    before = rng.standard_normal(256).astype(np.float32)
    now = (before + 0.001 * rng.standard_normal(256).astype(np.float32)).astype(np.float32)
    assert len(zlib.compress(changed(now.tobytes(), before.tobytes()))) < 0.75 * len(zlib.compress(now.tobytes()))

"""Arrays that outlive a kill: what is done stays done, the rest is filled, readers see the same."""

from pathlib import Path

import numpy as np

from s2s.files.array_store import ArrayStore, rows_done

ROWS = {"maps": ((2, 3), np.float16), "steps": ((), np.int16)}


def fill(folder: Path, until: int, value: int) -> ArrayStore:
    """Fill the store row by row up to `until`, three at a time, each with `value`."""
    store = ArrayStore.to_fill(folder, 7, ROWS)
    for few in store.left(3):
        if few.stop > until:
            break
        for array in store.arrays.values():
            array[few.start : few.stop] = value
        store.mark(few.stop)
    return store


def test_whoever_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    assert fill(tmp_path, 6, 1).done == 6
    store = fill(tmp_path, 7, 2)
    assert store.done == rows_done(tmp_path) == 7 and store.left(3) == []
    assert np.load(tmp_path / "steps.npy").tolist() == [1] * 6 + [2]
    assert np.load(tmp_path / "maps.npy").shape == (7, 2, 3)


def test_a_folder_without_a_store_has_no_rows(tmp_path: Path) -> None:
    assert rows_done(tmp_path) == 0


def test_stores_of_one_folder_keep_their_own_count(tmp_path: Path) -> None:
    ArrayStore.to_fill(tmp_path, 2, {"a": ((), np.uint8)}, "a.done").mark(2)
    other = ArrayStore.to_fill(tmp_path, 3, {"b": ((), np.uint8)}, "b.done")
    assert (rows_done(tmp_path, "a.done"), other.done, other.left(2)) == (2, 0, [range(0, 2), range(2, 3)])

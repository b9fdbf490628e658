"""The outputs that are shown: changed by many hands at once, checked, told and kept."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from installation.outputs.layout import Layout, LayoutError, Output, Point, read_layout
from installation.outputs.store import LayoutStore


def store_in(folder: Path) -> LayoutStore:
    return LayoutStore(folder / "venue" / "outputs.yaml", Layout((Output("left"), Output("right", 1))))


def test_a_change_is_shown_at_once_and_told(tmp_path: Path) -> None:
    store, told = store_in(tmp_path), list[Layout]()
    store.watch(told.append)
    layout = store.change("right", rotate=90)
    assert (store.get(), told, layout.output("right").rotate) == (layout, [layout], 90)


def test_the_file_is_written_only_once_something_was_changed(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.save()
    assert not store.path.exists()
    store.change("left", delay_frames=3)
    store.save()
    assert read_layout(store.path) == store.get()
    assert not store.is_unsaved


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        ("middle", {"rotate": 90}, "there is no output 'middle'; there are: left, right"),
        ("left", {"rotation": 90}, "unknown key 'rotation', did you mean 'rotate'"),
        ("left", {"rotate": 45}, "rotate: input should be 0, 90, 180 or 270, got 45"),
        ("left", {"corners": (Point(0, 0),)}, "corners"),
        ("left", {"corners": 7}, "corners|object"),
        ("left", {"blend": None}, "NoneType"),
        ("left", {"name": "right"}, "there is another one called 'right'"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    tmp_path: Path, name: str, changes: dict[str, object], reason: str
) -> None:
    store, told = store_in(tmp_path), list[Layout]()
    store.watch(told.append)
    before = store.get()
    with pytest.raises(LayoutError, match=reason):
        store.change(name, **changes)
    assert (store.get(), told, store.is_unsaved) == (before, [], False)


def test_changes_from_many_threads_are_all_kept(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: store.change("left", delay_frames=n % 31), range(100)))
        list(pool.map(lambda n: store.change("right", delay_frames=7), range(4)))
    assert store.get().output("right").delay_frames == 7


def test_an_edit_of_the_file_is_shown_but_not_over_a_hand_that_is_not_saved_yet(tmp_path: Path) -> None:
    store, edited = store_in(tmp_path), Layout((Output("edited"),))
    store.follow(edited)
    assert (store.get(), store.is_unsaved) == (edited, False)
    store.change("edited", rotate=180)
    store.follow(Layout((Output("other"),)))
    assert store.get().output("edited").rotate == 180


def test_without_its_file_it_is_as_it_was_at_first(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.follow(Layout((Output("edited"),)))
    store.follow(None)
    assert store.get() == store.usual


def test_a_disk_that_does_not_take_it_leaves_it_to_be_saved_again(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    (tmp_path / "venue").write_text("no folder")
    store.change("left", rotate=180)
    with pytest.raises(OSError, match="venue"):
        store.save()
    assert store.is_unsaved


def test_a_watcher_that_fails_takes_nothing_from_the_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store, told = store_in(tmp_path), list[Layout]()

    def fail(layout: Layout) -> None:
        raise RuntimeError(layout)

    store.watch(fail)
    store.watch(told.append)
    store.change("left", rotate=180)
    assert told == [store.get()]
    assert "while telling of new outputs" in caplog.text

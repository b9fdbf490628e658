"""Candidate, model and previous: at no moment is neither of the last two there."""

import json
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from s2s.bundle import load
from s2s.card import AUDIO_ENCODER, GENERATOR, IMAGE_ENCODER, SOURCE_HEADS, STILL, BundleError, read_card, write_card
from s2s.place_memory import MEMORY
from s2s.retrain.layout import Layout
from s2s.retrain.memory import write_memory
from s2s.retrain.promote import copy_bundle, promote, roll_back, settle
from tests.fakes import tiny_card, write_naming_bundle

DAY = date(2024, 5, 18)


def bundle(folder: Path, version: str) -> Path:
    """Write a card: to be moved about a bundle needs no weights."""
    folder.mkdir(parents=True)
    write_card(folder, tiny_card().model_copy(update={"version": version}))
    return folder


def version(folder: Path) -> str:
    return read_card(folder).version if folder.exists() else "-"


def standing(layout: Layout) -> tuple[str, str, str]:
    """Return the versions of model, previous and candidate."""
    return version(layout.model), version(layout.previous), version(layout.candidate)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    bundle(tmp_path / "model", "old")
    bundle(tmp_path / "candidate", "new")
    return Layout(tmp_path)


def test_the_candidate_takes_over_and_the_old_one_stays_beside_it(layout: Layout) -> None:
    promote(layout, DAY)
    assert standing(layout) == ("new", "old", "-")
    assert sorted(path.name for path in layout.out.iterdir()) == ["history.jsonl", "model", "previous"]
    bundle(layout.candidate, "newer")
    promote(layout, DAY)
    assert standing(layout) == ("newer", "new", "-")


def test_one_step_back_and_one_forward(layout: Layout) -> None:
    promote(layout, DAY)
    assert roll_back(layout, DAY) == "Tiny old"
    assert standing(layout) == ("old", "new", "-")
    assert roll_back(layout, DAY) == "Tiny new"
    assert standing(layout) == ("new", "old", "-")
    lines = [json.loads(line) for line in (layout.out / "history.jsonl").read_text().splitlines()]
    assert [line["done"] for line in lines] == ["promoted", "rolled back", "rolled back"]
    assert lines[1] == {"date": "2024-05-18", "done": "rolled back", "model": "Tiny old", "previous": "Tiny new"}


def test_without_a_previous_model_there_is_no_way_back(layout: Layout) -> None:
    with pytest.raises(BundleError, match="nothing to roll back to"):
        roll_back(layout, DAY)
    assert standing(layout) == ("old", "-", "new")


@pytest.mark.parametrize("with_previous", [False, True])
@pytest.mark.parametrize("act", [promote, roll_back])
@pytest.mark.parametrize("renamed", range(5))
def test_a_kill_at_any_moment_leaves_one_of_both_and_is_settled(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, act: object, renamed: int, with_previous: bool
) -> None:
    if with_previous or act is roll_back:
        bundle(layout.previous, "older")
    before = standing(layout)
    rename = Path.rename
    done: list[Path] = []

    def dies(self: Path, target: Path) -> Path:
        if len(done) == renamed:
            raise KeyboardInterrupt
        done.append(target)
        result = rename(self, target)
        assert layout.model.exists() or layout.previous.exists()
        return result

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", dies)
        try:
            act(layout, DAY)  # type: ignore[operator]
        except KeyboardInterrupt:
            assert layout.model.exists() or layout.previous.exists()
    settle(layout)
    after = ("new", "old", "-") if act is promote else ("older", "old", "new")
    assert standing(layout) in (before, after)
    assert not [path for path in layout.out.iterdir() if path.name.startswith(".")]


def test_a_bundle_is_copied_whole_and_nothing_else_of_its_folder(layout: Layout) -> None:
    (layout.candidate / "notes.txt").write_text("mine")
    (layout.candidate / "thumbnail.png").write_bytes(b"png")
    copy_bundle(layout.candidate, layout.model)
    assert sorted(path.name for path in layout.model.iterdir()) == ["model.yaml", "thumbnail.png"]
    assert version(layout.model) == "new"


def test_a_bundle_that_names_sources_is_copied_with_what_names_them(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).standard_normal(16_000).astype(np.float32)
    whole = write_naming_bundle(tmp_path / "whole", known=0.1 * noise, unknown=-np.abs(noise))
    copy_bundle(whole, tmp_path / "copy")
    assert load(tmp_path / "copy").source_heads is not None


def test_a_place_goes_and_comes_back_with_its_model_byte_for_byte(layout: Layout) -> None:
    write_memory(layout.candidate, np.eye(2, 32), [np.zeros((9, 16, 3), np.uint8)] * 2, ["bar", "door"])
    new = contents(layout.candidate)
    promote(layout, DAY)
    assert contents(layout.model) == new and f"{MEMORY}/frames/001.jpg" in new
    roll_back(layout, DAY)
    assert not (layout.model / MEMORY).exists() and contents(layout.previous) == new
    roll_back(layout, DAY)
    assert contents(layout.model) == new


def test_every_file_of_a_bundle_comes_back_byte_for_byte(tmp_path: Path) -> None:
    """Retrained from a copy of it, as `retrain` makes one, promoted and rolled back."""
    start, layout, rng = bundle(tmp_path / "start", "old"), Layout(tmp_path / "out"), np.random.default_rng(0)
    for name in (AUDIO_ENCODER, GENERATOR, IMAGE_ENCODER, SOURCE_HEADS, STILL, "thumbnail.png"):
        (start / name).write_bytes(rng.bytes(1_000))
    write_memory(start, np.eye(3, 32), [np.full((9, 16, 3), 80, np.uint8)] * 3, ["bar", "door", "lift"])
    old = digests(start)
    assert len(old) == 6 + 1 + 2 + 3  # parts, card, memory, its frames
    copy_bundle(start, layout.model)
    copy_bundle(start, layout.candidate)
    for name in (AUDIO_ENCODER, SOURCE_HEADS):
        (layout.candidate / name).write_bytes(rng.bytes(1_000))
    new = digests(layout.candidate)
    promote(layout, DAY)
    assert (digests(layout.model), digests(layout.previous)) == (new, old)
    roll_back(layout, DAY)
    assert (digests(layout.model), digests(layout.previous)) == (old, new)
    assert digests(start) == old


def digests(folder: Path) -> dict[str, str]:
    return {name: sha256(data).hexdigest() for name, data in contents(folder).items()}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

"""Retrieval: the nearest are the nearest, in one order, and a folder is embedded once."""

import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from s2s import bundle
from s2s.bundle import Bundle, BundleError
from s2s.card import IMAGE_ENCODER
from s2s.media.audio import AudioFileError
from s2s.media.images import ImageFileError
from s2s.retrieval import index as retrieve
from s2s.retrieval.embedding import Embedded, Skipped, embed_file, embed_files
from s2s.retrieval.index import Match, index_folder, nearest
from tests.fakes import write_tiny_bundle

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "orange": (255, 96, 0)}


class MeanColour:
    """An image encoder whose space anyone can see: the mean of red, green and blue."""

    embedding_dim = 32

    def encode(self, pictures: Tensor) -> Tensor:
        return F.pad((pictures.mean((2, 3)) + 1) / 2, (0, 29))

    def maps(self, pictures: Tensor) -> list[Tensor]:
        raise AssertionError


@pytest.fixture
def model(tmp_path: Path) -> Bundle:
    loaded = bundle.load(write_tiny_bundle(tmp_path / "bundle" / "tiny"))
    return dataclasses.replace(loaded, image_encoder=MeanColour())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder" / "warm").mkdir(parents=True)
    for name in COLOURS:
        paint(tmp_path / "folder" / ("warm" if name == "orange" else "") / f"{name}.png", name)
    return tmp_path / "folder"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every file that was embedded, in order."""
    seen: list[Path] = []

    def noted(*arguments: Any) -> Iterator[Embedded | Skipped]:
        for outcome in embed_files(*arguments):
            seen.append(outcome.path)
            yield outcome

    monkeypatch.setattr(retrieve, "embed_files", noted)
    return seen


def paint(path: Path, colour: str) -> Path:
    Image.new("RGB", (8, 6), COLOURS[colour]).save(path)
    return path


def unit_rows(rows: Sequence[Sequence[float]]) -> NDArray[np.float32]:
    array = np.array(rows, np.float64)
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    return np.asarray(array / lengths, np.float32)


def names(matches: Sequence[Match]) -> list[str]:
    return [match.path.stem for match in matches]


def test_the_nearest_of_known_directions_come_first() -> None:
    paths = [Path("east"), Path("north"), Path("northeast"), Path("west")]
    embeddings = unit_rows([[1, 0], [0, 1], [1, 1], [-1, 0]])
    found = nearest(torch.tensor([[0.0, 1.0], [1.0, 0.0]]), paths, embeddings, 3)
    assert [names(matches) for matches in found] == [["north", "northeast", "east"], ["east", "northeast", "north"]]
    assert [match.similarity for match in found[0]] == pytest.approx([1.0, 2**-0.5, 0.0], abs=1e-7)
    assert names(nearest(torch.tensor([[0.0, 1.0]]), paths, embeddings, 9)[0]) == ["north", "northeast", "east", "west"]


@given(st.data())
def test_the_nearest_are_those_of_a_full_sort_with_ties_by_path(data: st.DataObject) -> None:
    count, dim = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 70))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    distinct = unit_rows(rng.normal(size=(max(1, count // 3), dim)).tolist())
    embeddings = distinct[rng.integers(0, len(distinct), count)]  # many equal ones
    paths = [Path(f"{number:03}") for number in rng.permutation(count)]
    query = torch.from_numpy(unit_rows(rng.normal(size=(1, dim)).tolist()))
    asked = data.draw(st.integers(1, count + 2))
    similarities = [float(np.dot(row.astype(float), query[0].double().numpy())) for row in embeddings]
    found = nearest(query, paths, embeddings, asked)[0]
    assert [match.similarity for match in found] == pytest.approx(sorted(similarities, reverse=True)[:asked], abs=1e-7)
    assert found == sorted(found, key=lambda match: (-match.similarity, match.path))
    # In whatever order the files are given, the same are found in the same order.
    order = rng.permutation(count)
    assert nearest(query, [paths[row] for row in order], embeddings[order], asked)[0] == found


def test_equal_files_come_in_the_order_of_their_paths_however_many() -> None:
    rows = np.repeat(unit_rows(np.random.default_rng(0).normal(size=(1, 301)).tolist()), 1000, axis=0)
    paths = [Path(f"{number:04}") for number in reversed(range(1000))]
    for query in torch.from_numpy(unit_rows(np.random.default_rng(1).normal(size=(3, 301)).tolist())):
        found = nearest(query[None], paths, rows, 5)[0]
        assert names(found) == ["0000", "0001", "0002", "0003", "0004"]
        assert len({match.similarity for match in found}) == 1


def test_more_queries_than_are_compared_at_once_are_all_answered() -> None:
    embeddings = unit_rows(np.random.default_rng(0).normal(size=(200, 16)).tolist())
    paths = [Path(f"{number:03}") for number in range(200)]
    found = nearest(torch.from_numpy(embeddings), paths, embeddings, 1)
    assert [matches[0].path for matches in found] == paths


@pytest.mark.parametrize(
    ("h", "count", "reason"),
    [
        (torch.zeros(2), 1, "expected queries"),
        (torch.zeros(1, 3), 1, "expected queries"),
        (torch.ones(1, 2), 0, "at least 1"),
        (torch.full((1, 2), float("nan")), 1, "NaN"),
    ],
)
def test_a_query_that_does_not_fit_is_refused(h: Tensor, count: int, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        nearest(h, [Path("a")], unit_rows([[1, 0]]), count)


def test_a_folders_images_are_found_by_their_colour(model: Bundle, folder: Path, cache: Path) -> None:
    images = index_folder(model, folder, "images", cache=cache)
    assert images.embeddings.shape == (4, 32)
    query = embed_file(model, paint(folder.parent / "query.png", "red"))
    found = images.nearest(query, 2)[0]
    assert [match.path for match in found] == [folder / "red.png", folder / "warm" / "orange.png"]
    assert found[0].similarity == pytest.approx(1.0, abs=1e-6)
    assert found[1].similarity == pytest.approx(1 / np.hypot(1, 96 / 255), abs=1e-6)


def test_a_second_search_embeds_nothing_and_answers_the_same(
    model: Bundle, folder: Path, cache: Path, embedded: list[Path]
) -> None:
    first = index_folder(model, folder, "images", cache=cache)
    assert (len(embedded), first.num_kept) == (4, 0)
    second = index_folder(model, folder, "images", cache=cache)
    assert (len(embedded), second.num_kept) == (4, 4)
    assert second.paths == first.paths
    assert np.array_equal(second.embeddings, first.embeddings)


def test_only_what_is_new_or_changed_is_embedded_and_what_is_gone_is_not_found(
    model: Bundle, folder: Path, cache: Path, embedded: list[Path]
) -> None:
    index_folder(model, folder, "images", cache=cache)
    embedded.clear()
    new, changed = paint(folder / "new.png", "green"), paint(folder / "blue.png", "red")
    (folder / "red.png").unlink()
    os.utime(changed, ns=(0, 7))
    index = index_folder(model, folder, "images", cache=cache)
    assert sorted(embedded) == [changed, new]
    assert index.paths == (changed, folder / "green.png", new, folder / "warm" / "orange.png")
    found = index.nearest(embed_file(model, paint(folder.parent / "query.png", "red")), 1)[0]
    assert found[0].path == changed
    embedded.clear()
    assert index_folder(model, folder, "images", cache=cache).num_kept == 4
    assert not embedded


def test_another_models_embeddings_are_never_taken(
    model: Bundle, folder: Path, cache: Path, embedded: list[Path], tmp_path: Path
) -> None:
    index_folder(model, folder, "images", cache=cache)
    other = write_tiny_bundle(tmp_path / "other", seed=1)
    assert (other / IMAGE_ENCODER).read_bytes() != (model.path / IMAGE_ENCODER).read_bytes()
    assert index_folder(bundle.load(other), folder, "images", cache=cache).num_kept == 0
    assert len(embedded) == 8
    assert index_folder(model, folder, "images", cache=cache).num_kept == 4


def test_a_damaged_cache_is_made_anew(
    model: Bundle, folder: Path, cache: Path, embedded: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    first = index_folder(model, folder, "images", cache=cache)
    (part,) = cache.rglob("*.safetensors")
    part.write_bytes(part.read_bytes()[:-5])
    again = index_folder(model, folder, "images", cache=cache)
    assert len(embedded) == 8
    assert "damaged" in caplog.text
    assert np.array_equal(again.embeddings, first.embeddings)
    assert index_folder(model, folder, "images", cache=cache).num_kept == 4


def test_what_was_embedded_before_a_failure_is_kept(
    model: Bundle, folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*arguments: Any) -> Iterator[Embedded | Skipped]:
        outcomes = embed_files(*arguments)
        yield next(outcomes)
        yield next(outcomes)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(retrieve, "embed_files", stopped)
        index_folder(model, folder, "images", cache=cache)
    assert index_folder(model, folder, "images", cache=cache).num_kept == 2


@pytest.mark.proc
def test_a_run_that_is_killed_has_kept_what_it_had_done(model: Bundle, folder: Path, cache: Path) -> None:
    for number in range(10):
        paint(folder / f"more-{number}.png", "green")
    program = """
import os, signal, sys
from pathlib import Path
from s2s import bundle
from s2s.retrieval import index as retrieve
original = retrieve.embed_files
def killed(*arguments):
    for count, outcome in enumerate(original(*arguments)):
        if count == 11:
            os.kill(os.getpid(), signal.SIGKILL)
        yield outcome
retrieve.embed_files, retrieve._KEEP_EVERY = killed, 4
model, folder, cache = map(Path, sys.argv[1:])
retrieve.index_folder(bundle.load(model), folder, "images", cache=cache)
"""
    command = [sys.executable, "-c", program, str(model.path), str(folder), str(cache)]
    assert subprocess.run(command, timeout=300, check=False).returncode == -signal.SIGKILL
    index = index_folder(bundle.load(model.path), folder, "images", cache=cache)
    assert (index.num_kept, len(index.paths)) == (8, 14)


def test_what_cannot_be_read_is_skipped_and_named(model: Bundle, folder: Path, cache: Path) -> None:
    (folder / "broken.jpg").write_bytes(b"\xff\xd8 no more")
    for _ in range(2):
        index = index_folder(model, folder, "images", cache=cache)
        assert len(index.paths) == 4
        assert [skipped.path for skipped in index.skipped] == [folder / "broken.jpg"]
        assert "cannot be read as an image" in index.skipped[0].reason


def test_a_folder_in_which_nothing_can_be_searched_is_an_error_that_says_why(
    model: Bundle, tmp_path: Path, folder: Path, cache: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ImageFileError, match="holds no image"):
        index_folder(model, empty, "images", cache=cache)
    with pytest.raises(AudioFileError, match="holds no sound"):
        index_folder(model, folder, "sounds", cache=cache)
    with pytest.raises(AudioFileError, match="no such folder"):
        index_folder(model, tmp_path / "nowhere", "sounds", cache=cache)
    (empty / "broken.jpg").write_bytes(b"")
    with pytest.raises(ValueError, match=r"none of its 1 images can be read; .*broken\.jpg: "):
        index_folder(model, empty, "images", cache=cache)
    with pytest.raises(BundleError, match="no image encoder"):
        index_folder(dataclasses.replace(model, image_encoder=None), folder, "images", cache=cache)


def test_without_a_named_cache_the_users_own_is_used(
    model: Bundle, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    index_folder(model, folder, "images")
    assert list((tmp_path / "xdg" / "sound-to-scene" / "embeddings").rglob("*.safetensors"))

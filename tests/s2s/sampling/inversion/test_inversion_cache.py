"""Inversions on disk: the same again, for the same model, image, settings and seed, and never a damaged one."""

import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from s2s import bundle
from s2s.bundle import Bundle, BundleError
from s2s.sampling.inversion import cache as inversion_cache
from s2s.sampling.inversion.cache import (
    SHIPPED,
    cache_key,
    cached,
    default_folder,
    load_inverted,
    recall,
    save_inverted,
)
from s2s.sampling.inversion.loss import Weights
from s2s.sampling.inversion.search import Inversion, InversionSettings, Inverted
from tests.fakes import write_tiny_bundle

QUICK = InversionSettings(screened=2, restarts=1, max_steps=2)
PIXELS = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle.load(write_tiny_bundle(tmp_path_factory.mktemp("tiny")))


@pytest.fixture(scope="module")
def found(model: Bundle) -> Inverted:
    inversion = Inversion(model, PIXELS, QUICK)
    while not inversion.done:
        inversion.step()
    return inversion.best


def steps_of(model: Bundle, folder: Path, settings: InversionSettings = QUICK) -> int:
    """Ask for an inversion and return how many steps that took."""
    taken: list[int] = []
    cached(model, PIXELS, settings, folder=folder, watch=lambda inversion, _: taken.append(inversion.iterations))
    return len(taken)


def test_a_file_gives_back_what_was_written_and_what_was_said_about_it(found: Inverted, tmp_path: Path) -> None:
    save_inverted(tmp_path / "new" / "one.safetensors", found, {"image": "dawn.png"})
    again, about = load_inverted(tmp_path / "new" / "one.safetensors")
    assert torch.equal(again.z, found.z)
    assert torch.equal(again.h, found.h)
    assert np.array_equal(again.picture, found.picture)
    assert np.array_equal(again.start_picture, found.start_picture)
    assert (again.losses, again.start, again.iterations) == (found.losses, found.start, found.iterations)
    assert about == {"image": "dawn.png"}
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["one.safetensors"]


def test_a_search_that_found_nothing_better_than_its_start_is_kept_too(found: Inverted, tmp_path: Path) -> None:
    none_better = replace(found, picture=found.start_picture, losses=found.start)
    save_inverted(tmp_path / "one.safetensors", none_better, {})
    again, _ = load_inverted(tmp_path / "one.safetensors")
    assert np.array_equal(again.picture, found.start_picture)
    assert np.array_equal(again.start_picture, found.start_picture)


def test_what_comes_with_the_bundle_is_not_looked_for(found: Inverted, tmp_path: Path) -> None:
    shipping = bundle.load(write_tiny_bundle(tmp_path / "shipping"))
    key = cache_key(shipping, PIXELS, QUICK, 0)
    save_inverted(shipping.path / SHIPPED / f"{key}.safetensors", found, {"key": key})
    assert steps_of(shipping, tmp_path / "cache") == 0
    assert not (tmp_path / "cache").exists()


def test_what_was_found_once_is_not_looked_for_again(model: Bundle, tmp_path: Path) -> None:
    assert steps_of(model, tmp_path) > 0
    assert steps_of(model, tmp_path) == 0
    one, again = (cached(model, PIXELS, QUICK, folder=tmp_path) for _ in range(2))
    assert torch.equal(one.z, again.z)
    assert torch.equal(one.h, again.h)


def test_what_is_kept_serves_where_f_v_is_not_loaded(model: Bundle, tmp_path: Path) -> None:
    blind = replace(model, image_encoder=None)
    with pytest.raises(BundleError, match="image encoder"):
        cached(blind, PIXELS, QUICK, folder=tmp_path)
    assert steps_of(model, tmp_path) > 0
    assert steps_of(blind, tmp_path) == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:300]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\xff" * 100),
        lambda path: save_file({"z": torch.zeros(1, 8)}, path),
        lambda path: save_file({"z": torch.zeros(1, 8), "h": torch.zeros(1, 32)}, path, {"losses": "[]"}),
    ],
    ids=["truncated", "empty", "garbage", "without h", "other numbers"],
)
def test_a_damaged_entry_is_made_again_with_a_warning(
    model: Bundle, tmp_path: Path, damage: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    steps = steps_of(model, tmp_path)
    (entry,) = tmp_path.iterdir()
    whole = entry.read_bytes()
    damage(entry)
    assert steps_of(model, tmp_path) == steps
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert str(entry) in caplog.text
    assert len(entry.read_bytes()) == len(whole)
    assert steps_of(model, tmp_path) == 0


def test_an_entry_of_another_key_or_without_direction_is_not_believed(found: Inverted, tmp_path: Path) -> None:
    save_inverted(tmp_path / "a.safetensors", found, {"key": "b"})
    assert recall("a", tmp_path) is None
    save_inverted(tmp_path / "c.safetensors", replace(found, h=torch.full_like(found.h, torch.nan)), {"key": "c"})
    assert recall("c", tmp_path) is None
    assert recall("nowhere", tmp_path) is None


def test_the_key_is_of_everything_that_matters_and_of_nothing_else(model: Bundle, tmp_path: Path) -> None:
    key = cache_key(model, PIXELS, QUICK, 0)
    changed: NDArray[np.uint8] = PIXELS.copy()
    changed[3, 4, 1] ^= 1
    others = [
        cache_key(model, changed, QUICK, 0),
        cache_key(model, PIXELS.reshape(16, 64, 3), QUICK, 0),
        cache_key(model, PIXELS, replace(QUICK, max_steps=3), 0),
        cache_key(model, PIXELS, replace(QUICK, weights=Weights(leash=0.5)), 0),
        cache_key(model, PIXELS, QUICK, 1),
        cache_key(bundle.load(write_tiny_bundle(tmp_path / "other", seed=1)), PIXELS, QUICK, 0),
    ]
    assert len({key, *others}) == 7
    copy = replace(model, path=Path(shutil.copytree(model.path, tmp_path / "copy")))
    assert cache_key(copy, PIXELS.copy(), InversionSettings(screened=2, restarts=1, max_steps=2), 0) == key


def test_a_disk_that_takes_nothing_costs_a_warning_and_not_the_work(
    model: Bundle, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no folder")
    assert cached(model, PIXELS, QUICK, folder=tmp_path / "file").z.shape == (1, 8)
    assert "not kept" in caplog.text


def test_the_users_cache_is_where_the_desktop_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "sound-to-scene" / "inversions"
    for unusable in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", unusable)
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        assert default_folder() == tmp_path / "home" / ".cache" / "sound-to-scene" / "inversions"


def test_without_a_folder_it_is_the_users_cache(model: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = cached(model, PIXELS, QUICK)
    kept = recall(cache_key(model, PIXELS, QUICK, 0))
    assert kept is not None
    assert torch.equal(kept.z, found.z)
    assert [path.suffix for path in inversion_cache.default_folder().iterdir()] == [".safetensors"]

"""The paper's figures of any model and material: drawn, skipped with a reason, and not drawn twice."""

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from s2s import bundle
from s2s.bundle import Bundle
from s2s.evaluate.claims import unseen as unseen_claim
from s2s.evaluate.claims.unseen import LeftOut
from s2s.evaluate.figures import drawing, latents
from s2s.evaluate.figures import unseen as unseen_figure
from s2s.evaluate.figures.drawing import FIGURES, draw_figures
from s2s.evaluate.figures.material import FigureMaterial
from s2s.evaluate.report.model import Figure, Skipped
from s2s.media.audio import read_audio
from s2s.sampling.inversion.search import InversionSettings
from tests.fakes import write_tiny_bundle
from tests.s2s.evaluate.figures.material import bare, made_up

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle.load(write_tiny_bundle(tmp_path_factory.mktemp("tiny")))


@pytest.fixture(scope="module", autouse=True)
def _short_searches() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(latents, "_SEARCH", InversionSettings(screened=2, restarts=1, max_steps=2))
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("figures")


@pytest.fixture(scope="module")
def drawn(model: Bundle, folder: Path) -> list[Figure | Skipped]:
    return list(draw_figures(model, made_up(model), folder))


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Draw these figures alone."""

    def choose(*names: str) -> None:
        monkeypatch.setattr(drawing, "FIGURES", [kind for kind in FIGURES if kind.name in names])

    return choose


def skipped(model: Bundle, material: FigureMaterial, out: Path) -> dict[str, str]:
    return {one.what: one.why for one in draw_figures(model, material, out) if isinstance(one, Skipped)}


def test_every_figure_is_drawn_in_the_order_of_the_paper(drawn: list[Figure | Skipped], folder: Path) -> None:
    figures = [one for one in drawn if isinstance(one, Figure)]
    assert [one.what if isinstance(one, Skipped) else one.source for one in drawn] == [kind.source for kind in FIGURES]
    assert [one.what for one in drawn if isinstance(one, Skipped)] == ["Figure 12"]  # below
    for figure in figures:
        with Image.open(folder / figure.file) as picture:
            assert min(picture.size) > 100
        assert figure.caption.endswith(".")


def test_the_sounds_that_a_figure_shows_lie_beside_it(drawn: list[Figure | Skipped], folder: Path) -> None:
    sounds = {one.name: one.sounds for one in drawn if isinstance(one, Figure)}
    assert [name for name, files in sounds.items() if not files] == ["figure-s4"]
    assert "figure-6-bee-minus-24-db.flac" in sounds["figure-6"]
    for file in (file for files in sounds.values() for file in files):
        assert 0 < len(read_audio(folder / file, 16_000)) <= 4 * 16_000


def test_figures_that_are_there_are_not_drawn_again(
    drawn: list[Figure | Skipped], model: Bundle, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("drawn again")

    monkeypatch.setattr(drawing, "FIGURES", [replace(kind, draw=refuse) for kind in FIGURES if not kind.of_left_out])
    assert list(draw_figures(model, made_up(model), folder)) == [one for one in drawn if isinstance(one, Figure)]


def test_a_figure_whose_sound_is_lost_is_drawn_again(
    drawn: list[Figure | Skipped], model: Bundle, folder: Path, only: Callable[..., None]
) -> None:
    only("figure-8")
    (figure,) = draw_figures(model, made_up(model), folder)
    assert isinstance(figure, Figure)
    lost = folder / figure.sounds[0]
    lost.unlink()
    assert list(draw_figures(model, made_up(model), folder)) == [figure]
    assert lost.exists()


def test_another_model_is_drawn_anew(
    model: Bundle, drawn: list[Figure | Skipped], folder: Path, tmp_path: Path, only: Callable[..., None]
) -> None:
    only("figure-4")
    other = bundle.load(write_tiny_bundle(tmp_path, seed=1))
    before = (folder / "figure-4.png").read_bytes()
    list(draw_figures(other, made_up(other), folder))
    after = (folder / "figure-4.png").read_bytes()
    list(draw_figures(model, made_up(model), folder))
    assert after != before
    assert (folder / "figure-4.png").read_bytes() == before


def test_other_pictures_are_drawn_anew(model: Bundle, tmp_path: Path, only: Callable[..., None]) -> None:
    only("figure-9")
    material = made_up(model)
    drawn = []
    for level in (0, 255):
        clips = [replace(clip, picture=np.full((32, 32, 3), level, np.uint8)) for clip in material.clips]
        (figure,) = draw_figures(model, replace(material, clips=clips), tmp_path)
        assert isinstance(figure, Figure)
        drawn.append((tmp_path / figure.file).read_bytes())
    assert drawn[0] != drawn[1]


def test_what_the_material_lacks_is_skipped_with_the_reason(
    model: Bundle, tmp_path: Path, only: Callable[..., None]
) -> None:
    only("figure-3", "figure-12", "figure-s8")
    why = skipped(model, bare(model), tmp_path)
    assert why.keys() == {"Figure 3", "Figure 12", "Figure S8"}
    assert "frames" in why["Figure 3"]
    assert "trained without some scenes (--left-out)" in why["Figure 12"]
    assert "trained on" in why["Figure S8"]


@pytest.mark.gl
def test_classes_never_seen_are_painted_by_the_model_that_never_saw_them_and_said_to_land_where_they_do(
    model: Bundle, tmp_path: Path, only: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unseen_figure, "_TAKES", 2)
    monkeypatch.setattr(unseen_claim, "_PICTURES", 2)
    only("figure-4", "figure-12")
    known = ("sea", "helicopter", "rain")
    material = made_up(model)
    list(draw_figures(model, material, tmp_path))
    other = LeftOut(bundle.load(write_tiny_bundle(tmp_path / "other", seed=1)), ("dog", "owl"), (*known, "dog", "owl"))
    before = (tmp_path / "figure-4.png").stat().st_mtime_ns
    figures = list(draw_figures(model, replace(material, left_out=other), tmp_path))
    assert (tmp_path / "figure-4.png").stat().st_mtime_ns == before
    unseen = figures[1]
    assert isinstance(unseen, Figure)
    assert [name.rsplit("-", 1)[0] for name in unseen.sounds] == ["figure-12-dog", "figure-12-owl"]
    assert "(dog, owl)" in unseen.caption and "of 3" in unseen.caption
    drawn = (tmp_path / unseen.file).read_bytes()
    list(draw_figures(model, replace(material, left_out=replace(other, model=model)), tmp_path))
    assert (tmp_path / unseen.file).read_bytes() != drawn


def test_without_an_image_encoder_what_needs_one_is_skipped(
    model: Bundle, tmp_path: Path, only: Callable[..., None]
) -> None:
    needing = ("3", "9", "11", "S7", "S8")
    only(*(f"figure-{number.lower()}" for number in needing), "figure-13")  # 13 does with less
    why = skipped(replace(model, image_encoder=None), made_up(model), tmp_path)
    assert why.keys() == {f"Figure {number}" for number in needing}
    assert all("image encoder" in reason for reason in why.values())


def test_sounds_of_one_class_cannot_be_mixed(model: Bundle, tmp_path: Path, only: Callable[..., None]) -> None:
    mixing = ("7", "8", "9", "13", "S8")
    only(*(f"figure-{number.lower()}" for number in mixing))
    material = made_up(model)
    alike = replace(material, clips=[clip for clip in material.clips if clip.label == "hen"])
    why = skipped(model, alike, tmp_path)
    assert why.keys() == {f"Figure {number}" for number in mixing}
    assert all("hen" in reason for reason in why.values())


def test_the_map_of_sounds_names_the_library_that_is_missing(
    model: Bundle, tmp_path: Path, only: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    only("figure-s4")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "pip install scikit-learn" in skipped(model, made_up(model), tmp_path)["Figure S4"]


def test_neighbours_stay_neighbours_on_the_map() -> None:
    from s2s.evaluate.figures.sound_map import in_two_dimensions

    rng = np.random.default_rng(0)
    centres = np.repeat(np.eye(8, dtype=np.float32)[:3], 6, axis=0)
    places = in_two_dimensions(centres + 0.01 * rng.normal(size=centres.shape).astype(np.float32), seed=0)
    groups = np.repeat(np.arange(3), 6)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (groups[apart.argmin(axis=1)] == groups).all()


def test_names_on_the_map_cover_no_other_name() -> None:
    from s2s.evaluate.figures.sound_map import places_of_names

    midsts, widths = [(100.0, 200.0), (130.0, 204.0), (400.0, 200.0), (90.0, 198.0)], [80.0, 90.0, 80.0, 60.0]
    corners = places_of_names(midsts, widths)
    assert corners[0][1] == corners[2][1] < 200.0  # above, where nothing is in the way
    boxes = [(x, y, x + width, y + 17.0) for (x, y), width in zip(corners, widths, strict=True)]
    for one, other in combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]

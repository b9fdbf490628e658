"""A preset's image: placed at once, found again in the generator in the background, kept for the next start."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from installation.inference.anchoring import ImageAnchor
from installation.inference.motion import Anchors
from s2s import bundle
from s2s.bundle import Bundle
from s2s.media.images import read_image
from s2s.sampling.embed import embed_image
from tests.fakes import write_tiny_bundle

pytestmark = pytest.mark.heavy

DAWN = Path(__file__).resolve().parents[3] / "presets" / "dawn.png"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle.load(write_tiny_bundle(tmp_path_factory.mktemp("model"), resolution=16), image_encoder=False)


@pytest.fixture
def anchor(model: Bundle, tmp_path: Path) -> Iterator[ImageAnchor]:
    made = ImageAnchor(model, cache=tmp_path)
    yield made
    made.close()


def waited_for(condition: Callable[[], bool], limit_s: float = 60.0) -> bool:
    ends_at = time.monotonic() + limit_s
    while not condition() and time.monotonic() < ends_at:
        time.sleep(0.02)
    return condition()


def found(anchor: ImageAnchor) -> Anchors:
    assert waited_for(lambda: bool(anchor.anchors(shown=True)) and "found in the generator" in anchor.state), (
        anchor.state
    )
    return anchor.anchors(shown=True)


def test_without_an_image_there_is_no_anchor(anchor: ImageAnchor) -> None:
    anchor.choose(None)
    assert anchor.anchors(shown=True) == Anchors(None, None) and anchor.state == ""


def test_the_image_is_placed_by_f_v_before_anything_is_looked_for(anchor: ImageAnchor, model: Bundle) -> None:
    anchor.choose(DAWN)
    placed = anchor.anchors(shown=False)
    expected = embed_image(bundle.load(model.path), read_image(DAWN, side_px=256))[0].numpy()
    assert placed.image is not None and placed.noise is None
    np.testing.assert_allclose(placed.image, expected, atol=1e-6)
    assert "placed by the image encoder" in anchor.state


@pytest.mark.usefixtures("short_search")
def test_then_it_is_found_in_the_generator_and_kept_for_the_next_start(
    anchor: ImageAnchor, model: Bundle, tmp_path: Path
) -> None:
    anchor.choose(DAWN)
    first = found(anchor)
    assert first.image is not None and first.noise is not None
    assert first.noise.shape == (model.generator.z_dim,)
    assert np.linalg.norm(first.image) == pytest.approx(1.0, abs=1e-5)
    assert "found in the generator" in anchor.state
    again = ImageAnchor(model, cache=tmp_path)
    again.choose(DAWN)
    assert waited_for(lambda: again.anchors(shown=False).noise is not None, limit_s=5.0)
    kept = again.anchors(shown=False)
    assert kept.noise is not None and kept.image is not None
    np.testing.assert_array_equal(kept.noise, first.noise)
    np.testing.assert_array_equal(kept.image, first.image)


def test_what_is_found_on_the_way_is_used_already(anchor: ImageAnchor) -> None:
    anchor.choose(DAWN)
    assert waited_for(lambda: anchor.anchors(shown=True).noise is not None)
    assert "looking in the generator" in anchor.state


@pytest.mark.usefixtures("short_search")
def test_a_film_looks_for_an_image_when_it_shows_it_and_waits_for_it(model: Bundle, tmp_path: Path) -> None:
    anchor = ImageAnchor(model, patient=True, cache=tmp_path)
    anchor.choose(DAWN)
    assert anchor.anchors(shown=False) == Anchors(None, None) and anchor.state == "put off until it is shown"
    assert list(tmp_path.iterdir()) == []
    assert anchor.anchors(shown=True).noise is not None
    assert anchor.anchors(shown=False).noise is not None and "found in the generator" in anchor.state


def test_another_image_ends_the_search_for_the_first(anchor: ImageAnchor, tmp_path: Path) -> None:
    anchor.choose(DAWN)
    anchor.choose(None)
    assert anchor.anchors(shown=True).image is None
    time.sleep(0.1)
    assert list(tmp_path.iterdir()) == []  # nothing was found, so nothing is kept


def test_an_image_that_is_none_is_said_and_not_used(
    anchor: ImageAnchor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "no.png").write_text("not a picture")
    anchor.choose(tmp_path / "no.png")
    assert anchor.anchors(shown=True) == Anchors(None, None)
    assert "no.png" in anchor.state and "the preset's image is not used" in caplog.text


@pytest.mark.proc
def test_a_program_that_ends_in_the_middle_of_a_search_ends_cleanly(model: Bundle, tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from s2s import bundle;"
        "from installation.inference.anchoring import ImageAnchor;"
        "anchor = ImageAnchor(bundle.load(sys.argv[1], image_encoder=False), cache=Path(sys.argv[2]));"
        "anchor.choose(Path(sys.argv[3])); time.sleep(0.3)"
    )
    command = [sys.executable, "-c", code, str(model.path), str(tmp_path), str(DAWN)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.usefixtures("short_search")
def test_the_search_leaves_the_generator_as_it_was(anchor: ImageAnchor, model: Bundle) -> None:
    before = {name: value.clone() for name, value in model.generator.state_dict().items()}  # type: ignore[attr-defined]
    anchor.choose(DAWN)
    found(anchor)
    for name, value in model.generator.state_dict().items():  # type: ignore[attr-defined]
        assert torch.equal(value, before[name]), name

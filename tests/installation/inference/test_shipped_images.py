"""A show out of the box has nothing to look for: its presets' images are found in the generator already."""

from pathlib import Path

import pytest

from installation.presets.reading import load_preset
from s2s import bundle
from s2s.bundle import Bundle
from s2s.card import DEFAULT_BUNDLE
from s2s.media.images import read_image
from s2s.sampling.inversion.cache import SHIPPED, cache_key, recall
from s2s.sampling.inversion.search import InversionSettings

PRESETS = Path(__file__).resolve().parents[3] / "presets"
IMAGES = sorted({preset.image for preset in map(load_preset, map(str, PRESETS.glob("*.yaml"))) if preset.image})


@pytest.fixture(scope="module")
def model() -> Bundle:
    return bundle.load(DEFAULT_BUNDLE, image_encoder=False)


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)
def test_the_image_of_a_preset_comes_found_with_the_model_that_ships(image: Path, model: Bundle) -> None:
    key = cache_key(model, read_image(image, model.card.squash_px), InversionSettings(), 0)
    found = recall(key, model.path / SHIPPED)
    assert found is not None, f"python -m s2s invert {image} OUT.png --cache {model.path / SHIPPED}"
    assert found.losses.total < found.start.total

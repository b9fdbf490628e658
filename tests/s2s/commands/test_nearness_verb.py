"""`nearness` as it is called: a bundle that names things -> one that reads off the level how near each is."""

from pathlib import Path

import numpy as np
import pytest
from torch.testing import assert_close

from s2s import bundle
from s2s.__main__ import main
from s2s.sampling.sources import hear_sound
from s2s.training.stages.nearness import FARTHEST, NEAREST
from s2s.world.sounds import synthesize
from s2s.world.state import draw_state
from tests.fakes import write_naming_bundle, write_tiny_bundle

pytestmark = pytest.mark.heavy

KNOWN = (0.1 * np.random.default_rng(0).standard_normal(160_000)).astype(np.float32)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.yaml"
    path.write_text("provenance: a test\ndata: the world\n")
    return path


def test_in_the_new_bundle_louder_is_nearer_and_all_else_is_the_old_ones(tmp_path: Path, story: Path) -> None:
    write_naming_bundle(tmp_path / "old", known=KNOWN, unknown=np.zeros(160_000, np.float32))
    asked = ["--takes", "8", "--version", "7", "--story", str(story)]
    assert main(["nearness", str(tmp_path / "old"), str(tmp_path / "new"), *asked]) == 0
    old, new = bundle.load(tmp_path / "old"), bundle.load(tmp_path / "new")
    assert old.source_heads is not None and new.source_heads is not None
    assert (new.card.version, new.card.provenance) == ("7", "a test")
    assert new.card.source_heads is not None and new.card.source_heads.by_level
    for name, value in old.source_heads.state_dict().items():
        assert_close(new.source_heads.state_dict()[name], value, atol=1e-3, rtol=1e-3)  # half precision on disk
    rain = synthesize(draw_state("rain", 1)).astype(np.float32)
    softer, as_it_is = (hear_sound(new, np.float32(gain) * rain).sources[0].nearness for gain in (0.1, 1.0))
    logits = [np.log(nearness / (1.0 - nearness)) for nearness in (softer, as_it_is)]
    of_thirty_db = np.log(NEAREST / (1.0 - NEAREST) * (1.0 - FARTHEST) / FARTHEST)
    assert logits[1] - logits[0] == pytest.approx(of_thirty_db * 20.0 / 30.0, abs=0.4)


def test_ears_that_name_nothing_are_refused(tmp_path: Path, story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = write_tiny_bundle(tmp_path / "old")
    assert main(["nearness", str(old), str(tmp_path / "new"), "--story", str(story)]) == 2
    assert "expected a bundle whose ears name things, this one names none" in capsys.readouterr().err

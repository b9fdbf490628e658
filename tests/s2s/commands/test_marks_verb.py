"""`marks` as it is called: a bundle that names things -> one whose memory knows what each moment shows."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from s2s import bundle
from s2s.__main__ import main
from s2s.card import SourceHeadsSizes
from s2s.models.memory_generator import MemoryGenerator
from s2s.models.registry import build
from s2s.models.source_heads import SourceHeads
from s2s.training.inputs import pair_moments
from s2s.training.stages.key_marks import marked
from s2s.world.state import SCENES
from tests.fakes import write_memory_bundle

pytestmark = [pytest.mark.gl, pytest.mark.heavy]

SOME = [("train", "owl"), ("sea", "dog"), ("stream", "rooster"), ("fire", "bell")]
EACH = 4


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.yaml"
    path.write_text("provenance: a test\ndata: the world\n")
    return path


@pytest.fixture
def naming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle whose ears name all scenes, and whose moments lie together by what they show."""
    monkeypatch.setattr(pair_moments, "composable_pairs", lambda: SOME)
    monkeypatch.setattr("s2s.world.composition.composable_pairs", lambda: SOME)
    folder = write_memory_bundle(tmp_path / "old", pairs=EACH * len(SOME))
    model = bundle.load(folder)
    sizes = SourceHeadsSizes(names=SCENES, map_dim=32, h_dim=32, hidden=16)
    assert isinstance(model.generator, MemoryGenerator)
    torch.manual_seed(0)
    kinds = F.normalize(torch.randn(len(SCENES), 32), dim=1)
    numbers = {scene: number for number, scene in enumerate(SCENES)}
    model.generator.keys.copy_(kinds[torch.arange(64) % len(SCENES)])
    for part in (0, 1):
        of_pairs = [numbers[pair[part]] for pair in SOME for _ in range(EACH)]
        model.generator.pair_keys[part].copy_(kinds[torch.tensor(of_pairs)])
    heads = build(sizes)
    card = model.card.model_copy(update={"source_heads": sizes})
    f_A, f_V = model.audio_encoder, model.image_encoder
    assert isinstance(f_V, nn.Module)
    bundle.save(folder, card, audio_encoder=f_A, generator=model.generator, image_encoder=f_V, source_heads=heads)
    return folder


def test_keys_and_heads_carry_one_mark_for_each_thing_and_nothing_else_changes(
    naming: Path, story: Path, tmp_path: Path
) -> None:
    out = tmp_path / "new"
    assert main(["marks", str(naming), str(out), "--version", "8", "--story", str(story)]) == 0
    old, new = bundle.load(naming), bundle.load(out)
    assert new.card.version == "8" and new.card.source_heads is not None and new.card.source_heads.marked
    before, heads, G = old.generator, new.source_heads, new.generator
    assert isinstance(before, MemoryGenerator) and isinstance(G, MemoryGenerator) and isinstance(heads, SourceHeads)
    things, owl = torch.arange(64) % len(SCENES), torch.full((EACH,), SCENES.index("owl"))
    assert torch.allclose(G.keys, marked(before.keys, heads.marks, things), atol=2e-3)  # half precision on disk
    assert torch.allclose(G.pair_keys[1, :EACH], marked(before.pair_keys[1, :EACH], heads.marks, owl), atol=2e-3)
    kept, changed = before.state_dict(), G.state_dict()
    others = [name for name in kept if name not in ("keys", "pair_keys")]
    assert all(torch.equal(kept[name].float().half(), changed[name].float().half()) for name in others)


def test_a_bundle_that_has_marks_is_refused(
    naming: Path, story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    once, twice = str(tmp_path / "once"), str(tmp_path / "twice")
    assert main(["marks", str(naming), once, "--story", str(story)]) == 0
    assert main(["marks", once, twice, "--story", str(story)]) == 2
    assert "has marks already" in capsys.readouterr().err

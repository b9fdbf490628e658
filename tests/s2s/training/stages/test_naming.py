"""What a namer and the detectors count in a name, and how sure one may be of it: learnt from sounds of known names."""

import torch
from torch import Tensor

from s2s.models.namer import Scores
from s2s.models.source_heads import SourceHeads
from s2s.training.stages.naming import NamedSounds, fit_certainty, fit_name_shares

NAMES, HIDDEN = ("rain", "bell", "dog"), 8


def heads() -> SourceHeads:
    torch.manual_seed(0)
    made = SourceHeads(NAMES, 4, 6, hidden=HIDDEN, namer=(4, 4, 6, 6, 8)).eval().requires_grad_(False)
    made.detect.weight.copy_(torch.eye(3, HIDDEN))
    made.detect.bias.zero_()
    return made


@torch.no_grad()
def heard(by_detectors: float, by_namer: float, count: int = 300, *, known: bool = True) -> tuple[Tensor, NamedSounds]:
    """Sounds of one name each, told by so much above noise of deviation 1 by either."""
    generator = torch.Generator().manual_seed(0)
    names = torch.arange(count) % len(NAMES)
    told = torch.nn.functional.one_hot(names, len(NAMES)) * float(known)
    summary = torch.zeros(count, HIDDEN)
    summary[:, :3] = by_detectors * told + torch.randn(count, 3, generator=generator)
    each = by_namer * told + torch.randn(count, 3, generator=generator)
    scores = Scores(each, torch.full((count,), -20.0), torch.zeros(count))
    labels = torch.stack([names if known else torch.full_like(names, -1), torch.full_like(names, -1)], dim=1)
    return names, NamedSounds(summary, torch.zeros(count, 0), scores, labels)


def test_whoever_tells_names_better_counts_more() -> None:
    for by_detectors, by_namer in ((6.0, 1.0), (1.0, 6.0)):
        own = heads()
        fit_name_shares(own, heard(by_detectors, by_namer)[1])
        _, of_detectors, of_namer = own.name_shares.tolist()
        assert (of_detectors > 2 * of_namer) == (by_detectors > by_namer)


def test_together_they_name_more_than_either_alone() -> None:
    own, (names, sounds) = heads(), heard(2.0, 2.0)
    fit_name_shares(own, sounds)
    assert own.namer is not None and sounds.scores is not None
    logits = sounds.read_by(own).logits, own.detect(sounds.summary), own.namer.there(sounds.scores)
    together, detectors, namer = (float((one.argmax(dim=1) == names).float().mean()) for one in logits)
    assert together > max(detectors, namer) + 0.03


def test_certainty_is_high_for_what_is_named_rightly_and_low_for_what_nobody_knows() -> None:
    own, (_, known), (_, unknown) = heads(), heard(6.0, 6.0), heard(6.0, 6.0, known=False)
    fit_name_shares(own, known)
    both = NamedSounds(
        torch.cat([known.summary, unknown.summary]),
        torch.zeros(600, 0),
        Scores(*(torch.cat(few) for few in zip(known.scores or (), unknown.scores or (), strict=True))),
        torch.cat([known.labels, unknown.labels]),
    )
    fit_certainty(own, both)
    certain, uncertain = (own.certainty(few.read_by(own)).mean() for few in (known, unknown))
    assert float(certain) > 0.85 and float(uncertain) < 0.15

"""What names are weighed by, learnt from sounds of one thing and of two after the networks are trained.

How much a namer and the detectors over f_A's map count, how sure one may be of a name, and when a second is there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

import torch
from torch import Tensor

from s2s.bundle import Bundle
from s2s.data.clip_source import Sound
from s2s.mel_bands import mel_bands
from s2s.models.namer import Scores
from s2s.models.source_heads import SourceHeads, SourceReading
from s2s.spectrogram import normalise
from s2s.training.augment.two_sounds import in_rooms
from s2s.training.stages.calibration import fit_odds
from s2s.training.stages.logistic import logistic_weights

AT_ONCE: Final = 16
_RIDGE: Final = (0.0, 1.0, 1.0)

Drawn = tuple[tuple[str, ...], Sound]
"""What sounds, at most two names that the heads know or none, and how."""


@dataclass(frozen=True, slots=True, eq=False)
class NamedSounds:
    """What heads made of n sounds in random rooms, and which things `labels` [n, 2] are in them, -1 for none."""

    summary: Tensor
    in_windows: Tensor
    scores: Scores | None
    labels: Tensor

    def read_by(self, heads: SourceHeads) -> SourceReading:
        """Return what `heads`, which heard them, read of them by now."""
        return heads.read(self.summary, self.in_windows, self.scores)


def hear_named(model: Bundle, heads: SourceHeads, drawn: Iterable[Drawn], seed: int = 0) -> NamedSounds:
    """Hear what is `drawn` by f_A of `model` and `heads`, each sound by a microphone in a room drawn at random."""
    numbers = {name: number for number, name in enumerate(heads.names)}
    generator, labels, heard, scores = torch.Generator().manual_seed(seed), list[list[int]](), [], []
    sounds = iter(drawn)
    while few := list(islice(sounds, AT_ONCE)):  # five thousand at once are gigabytes
        labels += [[*(numbers[scene] for scene in scenes), -1, -1][:2] for scenes, _ in few]
        log_power = in_rooms([sound for _, sound in few], model.spec, generator)
        with torch.inference_mode():
            inputs = normalise(log_power, model.spec).float().unsqueeze(1)
            features = model.audio_encoder.features(inputs.to(model.device))
            heard.append([one.cpu() for one in (heads.summary(features), heads.in_windows(features))])
            bands = None if heads.namer is None else mel_bands(log_power, model.spec).to(model.device)
            if (said := heads.scores(bands)) is not None:
                scores.append([one.cpu() for one in said])
    summary, in_windows = (torch.cat(part) for part in zip(*heard, strict=True))
    said = Scores(*(torch.cat(part) for part in zip(*scores, strict=True))) if scores else None
    return NamedSounds(summary, in_windows, said, torch.tensor(labels))


@torch.no_grad()
def fit_name_shares(heads: SourceHeads, sounds: NamedSounds) -> None:
    """Give `heads`, which have a namer, what it and the detectors count in a name: logistic regression over all names
    of all sounds.
    """
    assert heads.namer is not None and sounds.scores is not None, "expected heads with a namer"
    said = heads.detect(sounds.summary), heads.namer.there(sounds.scores)
    rows = torch.stack([torch.ones_like(said[0]), *said], dim=2).flatten(0, 1)
    names = torch.arange(len(heads.names))
    right = (sounds.labels[:, :, None] == names).any(dim=1).flatten()
    heads.name_shares.copy_(logistic_weights(rows, right, torch.tensor(_RIDGE)))


@torch.no_grad()
def fit_certainty(heads: SourceHeads, sounds: NamedSounds) -> None:
    """Give `heads` their odds of being right, by `sounds` that they know and sounds that they do not."""
    reading = sounds.read_by(heads)
    likeliest = reading.logits.argmax(dim=1, keepdim=True)
    fit_odds(heads, reading.logits.amax(dim=1), reading.distance, (sounds.labels == likeliest).any(dim=1))

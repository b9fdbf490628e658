"""What f_A's feature map says besides the embedding: which things sound, each where f_V would see it, and how near.

A sound of two things is one point of the latent space, and lies between theirs; these heads tell them apart. Each name
has a detector of its own, and an embedding that is asked for by name: what would be seen of *that* thing in this sound.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s.clip_levels import LEVELS
from s2s.models.namer import Namer, Scores
from s2s.models.second_thing import SecondThing

SECOND_BY: Final = ("constant", "own logit", "the likeliest's logit", "the best other logit", "distance")
"""What a second thing is weighed by, besides which thing is the likeliest; the distance as a logarithm."""

_AHEAD: Final = 1e-6
_NEVER: Final = -30.0  # a logit


@dataclass(frozen=True, slots=True)
class SourceReading:
    """What is read of b sounds: `logits` [b, n] that each named thing is there, and `distance` [b] of the sound from
    the nearest of what was heard in training, about 1 for such a sound itself. `in_windows` is what parts of each say
    alone, as `SourceHeads.in_windows` has it; None where nobody asked. `from_place` [b] is how far it is from the
    nearest sound of a place that the heads know, None where they know none. `beside` [b, n] is what the namer says of
    each name beside the likeliest, None where there is no namer.
    """

    logits: Tensor
    distance: Tensor
    in_windows: Tensor | None = None
    from_place: Tensor | None = None
    beside: Tensor | None = None


class SourceHeads(nn.Module):
    """Small heads over a feature map [b, `map_dim`, f, t] of f_A, for the things of `names`.

    A map is summarised by its mean and by the largest of its mean over frequency: a bark in ten seconds of rain
    hardly moves the one, and is the other. `h_dim` is the size of f_V's features, `whole` 0..1 how much of z_A is in
    what is seen of a thing that sounds by itself.

    What sounds like the likeliest thing is half heard beside it: a train has rain in it, hardly ever a choir. With
    `second_windows`, lengths in columns of the map, a second thing is weighed by all detectors in the whole and in
    parts of it, by how strange the sound is, and by which thing is the likeliest. Bundles of before weigh it by five
    numbers and the likeliest (`weighs_second`), or have one limit for all.

    With `of_place` they know so many sounds of a venue, and are sure of what is like one of them, whatever its name.

    With `by_level` how near a thing is follows from how loud the sound is, and which thing it is. Heads of before, and
    all while they are trained, read it off the map, in which the level is not plain.

    With a `namer`, given by the channels of its layers, a network that is trained for names alone has its say in them:
    logits are what both say together. `marked` heads put a thing's mark on what would be seen of it, as keys have it.
    """

    def __init__(
        self,
        names: Sequence[str],
        map_dim: int,
        h_dim: int,
        hidden: int = 256,
        whole: float = 0.0,
        *,
        weighs_second: bool = False,
        second_windows: Sequence[int] = (),
        of_place: int = 0,
        by_level: bool = False,
        namer: Sequence[int] = (),
        marked: bool = False,
    ) -> None:
        super().__init__()
        self.whole = whole
        self.names, num_sources = tuple(names), len(names)
        self.map_dim, self.h_dim, self.hidden, self.weighs_second = map_dim, h_dim, hidden, weighs_second
        self.enter = nn.Linear(2 * map_dim, hidden)
        self.detect = nn.Linear(hidden, num_sources)
        self.ask = nn.Embedding(num_sources, 2 * hidden)
        self.see = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, h_dim))
        self.near = nn.Linear(hidden, 1)
        self.clock = nn.Linear(h_dim, 2)
        self.register_buffer("centres", torch.zeros(num_sources, hidden))
        self.register_buffer("whitening", torch.eye(hidden))
        self.register_buffer("odds", torch.tensor([0.0, 1.0, 0.0]))
        self.register_buffer("second_from", torch.tensor(0.0))
        self.centres: Tensor
        self.whitening: Tensor
        self.odds: Tensor
        self.second_from: Tensor
        self.by_level = by_level
        if by_level:
            self.register_buffer("of_level", torch.zeros(len(LEVELS)))
            self.register_buffer("near_at_full_scale", torch.zeros(num_sources))
            self.of_level: Tensor
            self.near_at_full_scale: Tensor
        self.of_place = of_place
        if of_place:
            self.register_buffer("place", torch.zeros(of_place, hidden))
            self.register_buffer("place_odds", torch.zeros(2))
            self.place: Tensor
            self.place_odds: Tensor
        if weighs_second:
            self.register_buffer("second_odds", torch.zeros(len(SECOND_BY)))
            self.register_buffer("second_after", torch.zeros(num_sources, num_sources))
            self.second_odds: Tensor
            self.second_after: Tensor
        self.second_windows = tuple(second_windows)
        self.marked = marked
        if marked:
            self.register_buffer("marks", torch.zeros(num_sources, h_dim))
            self.marks: Tensor
        self.namer = Namer(num_sources, namer) if namer else None
        if namer:
            self.register_buffer("name_shares", torch.tensor([0.0, 1.0, 1.0]))  # constant, of detectors, of the namer
            self.name_shares: Tensor
        by_namer = self.namer is not None
        self.second = SecondThing(num_sources, self.second_windows, by_namer=by_namer) if self.second_windows else None

    def summary(self, features: Tensor) -> Tensor:
        """Return what is heard as a whole, [b, hidden], of a feature map [b, map_dim, f, t]."""
        assert features.ndim == 4 and features.shape[1] == self.map_dim, tuple(features.shape)
        over_time = features.mean(dim=2)
        whole = torch.cat([over_time.mean(dim=2), over_time.amax(dim=2)], dim=1)
        return F.relu(self.enter(whole))

    def in_windows(self, features: Tensor) -> Tensor:
        """Return what parts of a feature map [b, map_dim, f, t] say alone: for each length of `second_windows` the
        largest, the mean and the least of each name's logits in windows that overlap by half, [b, 3 n lengths].
        """
        over_time = features.mean(dim=2)
        parts = [features.new_zeros(len(features), 0)]
        for length in self.second_windows:
            columns = min(length, over_time.shape[2])
            windows = over_time.unfold(2, columns, max(columns // 2, 1))  # [b, map_dim, windows, columns]
            alone = torch.cat([windows.mean(dim=3), windows.amax(dim=3)], dim=1).transpose(1, 2)
            logits = self.detect(F.relu(self.enter(alone)))  # [b, windows, n]
            parts += [logits.amax(dim=1), logits.mean(dim=1), logits.amin(dim=1)]
        return torch.cat(parts, dim=1)

    def hear(self, features: Tensor, bands: Tensor | None) -> tuple[Tensor, SourceReading]:
        """Return what is heard as a whole, [b, hidden], and what is read of it and of its parts.

        Of a feature map [b, map_dim, f, t] and the `mel_bands` [b, 64, columns] of the same sounds, which heads without
        a namer do not need.
        """
        summary = self.summary(features)
        return summary, self.read(summary, self.in_windows(features), self.scores(bands))

    def scores(self, bands: Tensor | None) -> Scores | None:
        """Return what the namer says of `mel_bands` [b, 64, columns]; None where there is none."""
        if self.namer is None:
            return None
        assert bands is not None, "expected the mel bands of a sound that a namer hears"
        scores: Scores = self.namer(bands)
        return scores

    def read(self, summary: Tensor, in_windows: Tensor | None = None, scores: Scores | None = None) -> SourceReading:
        """Return which things sound in `summary` [b, hidden], and how far that is from all that was heard before.

        `in_windows` of the same sounds are needed to tell by `presence` whether a second thing is there, and the
        namer's `scores` of them by heads that have one.
        """
        from_place = self.distance_from(summary, self.place).amin(dim=1) if self.of_place else None
        logits: Tensor = self.detect(summary)
        beside = None
        if self.namer is not None:
            assert scores is not None, "expected the scores of heads that have a namer"
            constant, of_detectors, of_namer = self.name_shares.unbind()
            logits = constant + of_detectors * logits + of_namer * self.namer.there(scores)
            beside = self.namer.beside(scores, logits.argmax(dim=1))
        return SourceReading(logits, self._distance(summary), in_windows, from_place, beside)

    def embed(self, summary: Tensor, sources: Tensor, levels_db: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return what would be seen of each asked thing and how near it is: unit h [b, k, h_dim], nearness [b, k] 0..1.

        `sources` int64 [b, k] are numbers of things, for sounds of `summary` [b, hidden], whose levels in dBFS are
        `levels_db` [b, 2], as `clip_levels_db` has them. Without those, as in training, nearness is what the map says.
        """
        asked = self.asked_for(summary, sources)
        # Features of f_V are never negative.
        h = F.normalize(F.relu(self.see(asked)), dim=-1)
        if self.marked:
            h = F.normalize(h + self.marks[sources], dim=-1)
        if levels_db is None or not self.by_level:
            return h, torch.sigmoid(self.near(asked)).squeeze(-1)
        return h, self.nearness(levels_db, sources)

    def nearness(self, levels_db: Tensor, sources: Tensor) -> Tensor:
        """Return how near things `sources` [b, k] are that sound at levels [b, 2], in 0..1 [b, k]; for `by_level`."""
        return torch.sigmoid((levels_db @ self.of_level)[:, None] + self.near_at_full_scale[sources])

    @torch.no_grad()
    def widen_nearness(self, times: float) -> None:
        """Let far become near over so many `times` the range of levels; what is half near stays so."""
        by_level = (self.of_level, self.near_at_full_scale) if self.by_level else ()
        for logits in (self.near.weight, self.near.bias, *by_level):
            logits.div_(times)

    def asked_for(self, summary: Tensor, sources: Tensor) -> Tensor:
        """Return what is heard of each asked thing, [b, k, hidden]; arguments as of `embed`."""
        scale, shift = self.ask(sources).chunk(2, dim=-1)  # [b, k, hidden] each
        return F.relu(summary[:, None] * (1.0 + scale) + shift)

    def seen_alone(self, seen: Tensor, whole: Tensor) -> Tensor:
        """Return what is painted of a thing that sounds by itself, unit [..., h_dim]: `seen` of it, and z_A `whole`."""
        return between(seen, whole, self.whole)

    @property
    def last_seeing(self) -> nn.Linear:
        """The layer whose ReLU is what would be seen."""
        layer = self.see[-1]
        assert isinstance(layer, nn.Linear)
        return layer

    def before_seeing(self, summary: Tensor, likeliest: Tensor) -> Tensor:
        """Return what `last_seeing` is given for thing `likeliest` [b] of each sound of `summary`, [b, hidden]."""
        seen: Tensor = self.see[:-1](self.asked_for(summary, likeliest[:, None]))
        return seen[:, 0]

    def logit_of_certainty(self, reading: SourceReading) -> Tensor:
        """Return the logit [b] of `certainty`."""
        constant, of_logit, of_distance = self.odds.unbind()
        named = constant + of_logit * reading.logits.amax(dim=1) + of_distance * reading.distance.log()
        if reading.from_place is None:
            return named
        constant, of_distance = self.place_odds.unbind()
        return torch.maximum(named, constant + of_distance * reading.from_place.log())

    def hour(self, h: Tensor) -> tuple[Tensor, Tensor]:
        """Return the hour of the day 0..24 that features [..., h_dim] speak of, and how plainly, 0..1."""
        east, north = self.clock(F.normalize(h.float(), dim=-1)).unbind(dim=-1)
        hour = torch.atan2(north, east) / (2 * torch.pi) * 24.0 % 24.0
        return hour, torch.hypot(east, north).clamp(0.0, 1.0)

    def presence(self, reading: SourceReading) -> Tensor:
        """Return how plainly each thing is there, [b, n] in 0..1; from a half on it is named beside a likelier one."""
        alone = torch.sigmoid(reading.logits - self.second_from)
        if not self.weighs_second and self.second is None:
            return alone
        likeliest = reading.logits.argmax(dim=1, keepdim=True)
        beside = torch.sigmoid(self.logit_of_second(reading)).scatter(1, likeliest, 0.0).clamp_max(1.0 - _AHEAD)
        # The likeliest is there more plainly than what is heard beside it.
        first = torch.maximum(alone.gather(1, likeliest), beside.amax(dim=1, keepdim=True) + _AHEAD)
        return beside.scatter(1, likeliest, first)

    def logit_of_second(self, reading: SourceReading) -> Tensor:
        """Return the logit [b, n] of each thing being there beside the likeliest, whose own means nothing."""
        likeliest = reading.logits.argmax(dim=1)
        if self.second is not None:
            assert reading.in_windows is not None, "expected a reading with what parts of the sound say alone"
            rows = self.second.rows(reading.logits, reading.in_windows, reading.distance, reading.beside)
            beside: Tensor = self.second(rows, likeliest)
            return beside
        return self.second_rows(reading) @ self.second_odds + self.second_after[likeliest]

    def second_rows(self, reading: SourceReading) -> Tensor:
        """Return what a second thing is weighed by without windows, [b, n, 5], as `SECOND_BY` names it."""
        logits = reading.logits
        lead, likeliest = logits.max(dim=1, keepdim=True)
        rest = logits.scatter(1, likeliest, _NEVER).topk(2, dim=1)
        is_best = torch.arange(logits.shape[1], device=logits.device) == rest.indices[:, :1]
        other = torch.where(is_best, rest.values[:, 1:], rest.values[:, :1])
        strange = reading.distance.log()[:, None]
        parts = (torch.ones_like(logits), logits, lead, other, strange)
        return torch.stack([part.expand_as(logits) for part in parts], dim=2)

    def certainty(self, reading: SourceReading) -> Tensor:
        """Return how likely the likeliest thing of each sound is really there, or how likely the sound is one of a
        known place, whichever is more, [b] in 0..1, as calibrated.
        """
        return torch.sigmoid(self.logit_of_certainty(reading))

    def _distance(self, summary: Tensor) -> Tensor:
        """Return the least Mahalanobis distance from a thing's centre, one covariance for all (Lee et al. 2018)."""
        apart = (summary[:, None] - self.centres) @ self.whitening.T  # [b, n, hidden]
        return apart.square().mean(dim=-1).amin(dim=1).clamp_min(1e-6).sqrt()

    def distance_from(self, summary: Tensor, others: Tensor) -> Tensor:
        """Return how far each `summary` [b, hidden] is from each of many `others` [n, hidden], [b, n], alike."""
        white = summary @ self.whitening.T, others @ self.whitening.T
        apart = torch.cdist(*white, compute_mode="donot_use_mm_for_euclid_dist") / self.hidden**0.5
        return torch.clamp(apart, min=1e-3)


def between(seen: Tensor, whole: Tensor, share: float) -> Tensor:
    """Return the unit direction `share` of the way from unit `seen` to unit `whole` [..., h_dim]."""
    return seen if share == 0.0 else F.normalize(torch.lerp(seen, whole, share), dim=-1)


def joined(readings: Sequence[SourceReading]) -> SourceReading:
    """Return readings of several batches as one of all their sounds; what one of them lacks, all do."""
    parts = {field.name: [getattr(one, field.name) for one in readings] for field in fields(SourceReading)}
    whole: dict[str, Any] = {name: None if few[0] is None else torch.cat(few) for name, few in parts.items()}
    return SourceReading(**whole)

"""G(z, h) as a memory of painted moments: what lies near h is recalled, z chooses among it, a decoder paints it.

After IC-GAN's neighbourhoods (Casanova et al. 2021), where a feature stands for the pictures around it; here their
codes are kept instead of learnt. Recall is a kernel over the neighbours, continuous in z and h: small steps of either
are small steps of the picture, and between two moments lies a mixture of their codes, which the decoder paints.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s.models.autoencoder import STRIDE, CodeDecoder

NEIGHBOURS: Final = 12
CODE_STEPS: Final = 7.5  # a number of a code within ±1 is kept in four bits, two of them in a byte
ADDRESS_SCALE: Final = 32.0  # an address's numbers, about N(0, 1), are kept as int8: within ±4
_SOFTENING: Final = 0.02  # of the distance from h: the nearest of near ones shall not take all

STATES: Final = ("nearness", "hour", "warmth")
"""What may be known of a kept moment, each 0..1: how near its thing is, its share of the day, which comes round, and
how warm its colours are among those of its scene. Memories of before know the first two alone."""
STATE_SCALE: Final = 255.0  # each is kept in a byte
_PLACE_OF_PAIRS: Final = 4.0
_REST_OF_PAIRS: Final = 3.0
"""By so much more sharply a moment of two things is chosen: there are few of each two, and a mixture smears both. By
the place most of all, or z, which counts with the rest, would lead to a moment of another.
"""
_GUESSED_WIDER: Final = 2.0
"""By so much wider than a nearness that is held: the line from h is off by 0.13 in the mean."""
_BOTH_LEVELS: Final = 1 / 3
"""Of the way between two levels both are painted: a thing of two sizes at once is a ghost of either."""
_HOUR_WIDTH: Final = 0.04  # of a day: a held hour is kept within an hour or so, where the scene has such moments
_WARMTH_WIDTH: Final = 0.07  # wider than nearness, which the sound holds: a hand shall not make louder smaller


class Beside(NamedTuple):
    """A second thing: what f_V would see of it, unit [b, h_dim], and how much it is there, [b] in 0..1."""

    h: Tensor
    weight: Tensor


class MemoryGenerator(nn.Module):
    """Paints from `entries` kept moments: keys in f_V's space, unit but for marks, addresses in z's, and codes.

    A moment's weight falls with a power of the distance of its key from h (1 - cosine, `h_power`), so that recall is
    as soft between two scenes as within one, and with the distance of its address from z (a Gaussian of `z_width`,
    per number of z). Beyond the nearest twelve it is nothing. `width` and `height` are the pictures' pixels.

    With a `nearness_width` the moments' states are known as well: how near the thing sounds is read from h by a line,
    and a moment's weight falls with the distance of its nearness from that (a Gaussian, twice as wide as where nearness
    is held). So louder is larger, though keys tell a scene's places and hours apart more loudly than its sizes. With
    `warmth` the warmth of each moment is known besides.

    With several `levels` each moment is kept as often, from far to near: what is asked for is painted from the nearest
    of them, half-way between two from both, and only a moment that nowhere comes so near, or so far, counts for less.
    So a sound that grows louder keeps its place, and the thing in it grows.

    With `pairs` so many moments of two things are kept as well, each under two keys: what f_V sees of the first alone,
    which owns the place, and of the second alone. A second thing that comes fades from the moments of one to those.

    The last `of_place` of the moments are a venue's own. Their states nobody knows, so that no hand and no loudness
    tells against them; how much sooner than another moment they are recalled is `place_lead`, a logarithm.
    """

    def __init__(
        self,
        width: int,
        height: int,
        entries: int,
        h_dim: int = 256,
        z_dim: int = 16,
        *,
        code_dim: int = 16,
        channels: Sequence[int] = (192, 128, 48, 24),
        blocks: Sequence[int] = (1, 1, 2),
        h_power: float = 32.0,
        z_width: float = 0.2,
        nearness_width: float | None = None,
        warmth: bool = False,
        levels: int = 1,
        pairs: int = 0,
        of_place: int = 0,
    ) -> None:
        super().__init__()
        if width % STRIDE or height % STRIDE:
            raise ValueError(f"width and height must be multiples of {STRIDE}, got {width}x{height}")
        if entries <= NEIGHBOURS:
            raise ValueError(f"a memory needs more than {NEIGHBOURS} entries, got {entries}")
        if not 0 <= of_place < entries:
            raise ValueError(f"of {entries} moments so many cannot be a place's: {of_place}")
        if 0 < pairs <= NEIGHBOURS:
            raise ValueError(f"a memory of pairs needs more than {NEIGHBOURS}, got {pairs}")
        if (warmth or levels != 1) and nearness_width is None:
            raise ValueError("warmth and levels of nearness are known states: they need a nearness_width")
        if code_dim % 2:
            raise ValueError(f"two numbers of a code share a byte: code_dim must be even, got {code_dim}")
        self.width, self.height, self.h_dim, self.z_dim = width, height, h_dim, z_dim
        self.h_power, self.z_width, self.nearness_width, self.warmth = h_power, z_width, nearness_width, warmth
        self.levels = levels
        self.decoder = CodeDecoder(code_dim, channels, blocks)
        shape = ((entries - of_place) * levels + of_place, code_dim // 2, height // STRIDE, width // STRIDE)
        self.register_buffer("keys", torch.zeros(entries, h_dim))
        self.register_buffer("addresses", torch.zeros(entries, z_dim, dtype=torch.int8))
        self.register_buffer("codes", torch.zeros(shape, dtype=torch.uint8))
        self.keys: Tensor
        self.addresses: Tensor
        self.codes: Tensor
        if nearness_width is not None:
            known = levels + (2 if warmth else 1)
            self.register_buffer("states", torch.zeros(entries, known, dtype=torch.uint8))
            self.register_buffer("nearness_line", torch.zeros(h_dim + 1))
            self.states: Tensor
            self.nearness_line: Tensor
        self.of_place = of_place
        if of_place:
            self.register_buffer("place_lead", torch.tensor(0.0))
            self.place_lead: Tensor
        self.pairs = pairs
        if pairs:
            self.register_buffer("pair_keys", torch.zeros(2, pairs, h_dim))
            self.register_buffer("pair_addresses", torch.zeros(pairs, z_dim, dtype=torch.int8))
            self.register_buffer("pair_codes", torch.zeros((pairs, *shape[1:]), dtype=torch.uint8))
            self.pair_keys: Tensor
            self.pair_addresses: Tensor
            self.pair_codes: Tensor

    def forward(self, z: Tensor, h: Tensor, held: Tensor | None = None, beside: Beside | None = None) -> Tensor:
        """Return pictures about -1..1, [b, 3, height, width], for noise [b, z_dim] and unit features [b, h_dim].

        `held` [b, 3, 2] tells of each of `STATES` a value and how firmly it is held, both 0..1: at 0 nearness follows
        the sound and any hour and warmth is welcome, as without it. A second thing `beside` is painted into the place
        of `h`.
        """
        codes = self.mixed(*self.recall(z, h, held))
        if beside is not None and self.pairs:
            two = self.mixed(*self.recall_pairs(z, h, beside.h), codes_of=self.pair_codes)
            codes = torch.lerp(codes, two, beside.weight[:, None, None, None])
        return self.decode(codes)

    def recall(self, z: Tensor, h: Tensor, held: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the weights [b, k], which sum to 1, and the places [b, k] of the codes that z and h recall: of twelve
        moments, and where those have several levels, of each the two about the nearness that is asked for.
        """
        assert z.ndim == 2 and z.shape[1] == self.z_dim, f"z must be [b, {self.z_dim}], got {tuple(z.shape)}"
        assert h.shape == (z.shape[0], self.h_dim), f"h must be [b, {self.h_dim}], got {tuple(h.shape)}"
        weights, moments = _nearest(self.scores(z, h, held))
        if self.levels == 1:
            return weights, moments
        return self._about_level(weights, moments, self._asked(h, held)[0][:, :1])

    def scores(self, z: Tensor, h: Tensor, held: Tensor | None = None) -> Tensor:
        """Return how soon each moment is recalled, as a logarithm [b, entries]; arguments as of `forward`."""
        known = -self._out_of_state(h, held)
        if self.of_place:
            known = known.expand(len(h), len(self.keys))
            lead = self.place_lead.float().expand(len(h), self.of_place)
            known = torch.cat([known[:, : -self.of_place], lead], dim=1)
        return self._near(h, self.keys) + self._at_address(z, self.addresses) + known

    def recall_pairs(self, z: Tensor, h: Tensor, beside: Tensor) -> tuple[Tensor, Tensor]:
        """Return the same of the moments of two things: `h` owns the place, `beside` [b, h_dim] is in it too."""
        assert beside.shape == h.shape, f"beside must be {tuple(h.shape)}, got {tuple(beside.shape)}"
        first, second = self.pair_keys
        which = self._near(beside, second) + self._at_address(z, self.pair_addresses)
        return _nearest(_PLACE_OF_PAIRS * self._near(h, first) + _REST_OF_PAIRS * which)

    def _near(self, h: Tensor, keys: Tensor) -> Tensor:
        """Return how near each moment's key lies to features [b, h_dim], as a logarithm [b, n]."""
        distance = 1.0 - F.normalize(h.float(), dim=1) @ keys.T
        return -self.h_power * (distance.clamp_min(0.0) + _SOFTENING).log()

    def _at_address(self, z: Tensor, addresses: Tensor) -> Tensor:
        """Return how near each moment's address lies to z [b, z_dim], as a logarithm [b, n]."""
        address = addresses.float() / ADDRESS_SCALE
        apart = address.square().sum(dim=1) - 2.0 * z.float() @ address.T  # |z - a|² but for |z|², which is all alike
        return -0.5 * apart / (self.z_dim * self.z_width**2)

    def nearness(self, h: Tensor) -> Tensor:
        """Return how near the things of features [b, h_dim] are, [b] in 0..1; needs known states."""
        line = self.nearness_line.float()
        return (F.normalize(h.float(), dim=1) @ line[:-1] + line[-1]).clamp(0.0, 1.0)

    def _asked(self, h: Tensor, held: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the states that h or a hand asks for, and how firmly each is held, both [b, 3] in 0..1."""
        if held is None:
            held = torch.zeros(len(h), len(STATES), 2, device=h.device)
        assert held.ndim == 3 and held.shape[1:] == (len(STATES), 2), f"held must be [b, 3, 2], got {held.shape}"
        values, firmness = held.expand(len(h), -1, -1).unbind(dim=2)
        nearness = torch.lerp(self.nearness(h), values[:, 0], firmness[:, 0])
        return torch.cat([nearness[:, None], values[:, 1:]], dim=1), firmness

    def _about_level(self, weights: Tensor, moments: Tensor, nearness: Tensor) -> tuple[Tensor, Tensor]:
        """Return weights [b, 2k] and places [b, 2k] of the two levels of each of `moments` [b, k] between which
        `nearness` [b, 1] lies; beyond a moment's own it is its outermost.
        """
        own = self.states[moments][:, :, : self.levels].float() / STATE_SCALE  # [b, k, levels], rising
        upper = (own < nearness[:, :, None]).sum(dim=2).clamp(1, self.levels - 1)
        far, near = (own.gather(2, level[:, :, None])[:, :, 0] for level in (upper - 1, upper))
        way = (nearness - far) / (near - far).clamp_min(1.0 / STATE_SCALE)
        share = ((way - 0.5) / _BOTH_LEVELS + 0.5).clamp(0.0, 1.0)
        known = len(self.keys) - self.of_place  # those after them have one code each
        beyond = known * self.levels + moments - known
        places = [torch.where(moments < known, moments * self.levels + level, beyond) for level in (upper - 1, upper)]
        return torch.cat([weights * (1.0 - share), weights * share], dim=1), torch.cat(places, dim=1)

    def _out_of_state(self, h: Tensor, held: Tensor | None) -> Tensor:
        """Return how far each moment's state is from what h or a hand asks for, [b, entries] half squared widths."""
        if self.nearness_width is None:
            return torch.zeros(1, device=h.device)
        values, firmness = self._asked(h, held)
        states = self.states.float() / STATE_SCALE
        nearness = states[:, : self.levels]  # from far to near
        hour, *warmth = states[:, self.levels :].unbind(dim=1)  # [entries] each
        wider = _GUESSED_WIDER + (1.0 - _GUESSED_WIDER) * firmness[:, :1]
        farther, nearer = nearness[:, 0] - values[:, :1], values[:, :1] - nearness[:, -1]
        away = (farther.clamp_min(0.0) + nearer.clamp_min(0.0)) / (wider * self.nearness_width)
        # The shorter way round the clock.
        late = ((hour - values[:, 1:2] + 0.5) % 1.0 - 0.5) / _HOUR_WIDTH
        out = away.square() + firmness[:, 1:2] * late.square()
        for warm in warmth:  # where it is known
            out = out + firmness[:, 2:] * ((warm - values[:, 2:]) / _WARMTH_WIDTH).square()
        return 0.5 * out

    def paint(self, weights: Tensor, places: Tensor) -> Tensor:
        """Return pictures [b, 3, height, width] of moments `places` [b, k], mixed by `weights` [b, k]."""
        return self.decode(self.mixed(weights, places))

    def mixed(self, weights: Tensor, places: Tensor, codes_of: Tensor | None = None) -> Tensor:
        """Return the codes [b, code_dim, height / 16, width / 16] of moments `places` [b, k], by `weights` [b, k]."""
        codes = unpacked((self.codes if codes_of is None else codes_of)[places])  # [b, k, code_dim, …]
        return (codes * weights[:, :, None, None, None]).sum(dim=1)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the pictures [b, 3, height, width] of mixed codes."""
        painted: Tensor = self.decoder(codes.to(self.decoder.start.weight.dtype))
        return painted.float()


def _nearest(scores: Tensor) -> tuple[Tensor, Tensor]:
    """Return weights [b, 12], which sum to 1, and places [b, 12] of the highest of log weights [b, n]."""
    best, places = scores.topk(NEIGHBOURS + 1, dim=1)
    # What is just about to be left out weighs nothing, so that nothing jumps when it is.
    heights = (best[:, :-1] - best[:, :1]).exp() - (best[:, -1:] - best[:, :1]).exp()
    heights = heights + torch.finfo(heights.dtype).tiny  # should all lie equally near
    return heights / heights.sum(dim=1, keepdim=True), places[:, :-1]


def packed(codes: Tensor) -> Tensor:
    """Return codes within ±1 [..., code_dim, h, w] in four bits a number, uint8 [..., code_dim / 2, h, w]."""
    steps = ((codes.clamp(-1.0, 1.0) + 1.0) * CODE_STEPS).round().to(torch.uint8)
    half = codes.shape[-3] // 2
    return steps.narrow(-3, 0, half) | (steps.narrow(-3, half, half) << 4)


def unpacked(codes: Tensor) -> Tensor:
    """Return what `packed` gave as float32 within ±1, [..., code_dim, h, w]."""
    return torch.cat([codes & 15, codes >> 4], dim=-3).float() / CODE_STEPS - 1.0

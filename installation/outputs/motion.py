"""How outputs change while people watch: what is moved glides after the hand, what turns over or goes to another
monitor does so in the dark. Pure; `now` is in seconds.

Where the hand is, the layout says; this is what is seen of it. A flip or a rotation half-way is nothing that anybody
wants to see, so the output goes dark for a moment. A mask fades by itself, and a delay creeps.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from installation.outputs.fitting import FitShares
from installation.outputs.layout import LEAST_TURN, Blend, Corners, Layout, Output, Point, turns
from installation.outputs.mask_motion import MaskMotion, SeenMask

GLIDE_S: Final = 0.08
"""Time constant: two turns behind a hand that drags, and no jump where a file says another place."""
FADE_S: Final = 0.25
"""To black, and as long back: whoever turns an output over and over makes two flashes a second at most."""
_A_FRAME_EVERY_S: Final = 0.1
_RESTS_S: Final = 0.4
"""So long the hand is still before the picture takes another shape."""
_LONGEST_TURN_S: Final = 0.1
"""A show that stood still for longer goes on from where it was."""
_CLOSE: Final = 2e-5
"""Of an output's side: a twentieth of a pixel. A glide that has come so near has arrived."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seen:
    """An output as it is seen now: `output` without its masks, which are `masks`; `fit` says how far it is cut off or
    shrunk, `light` 0..1 how bright it is.
    """

    output: Output
    fit: FitShares
    masks: tuple[SeenMask, ...] = ()
    light: float = 1.0


def still(output: Output) -> Seen:
    """Return how an output is seen at rest."""
    return Seen(replace(output, masks=()), FitShares.of(output), tuple(map(SeenMask, output.masks)))


class OutputMotion:
    """Belongs to the thread that draws. Begins as `layout` says, at rest."""

    def __init__(self, layout: Layout) -> None:
        self._moving = [_Moving(output, light=1.0) for output in layout.outputs]
        self._layout = layout
        self._at: float | None = None
        self._rests_s = _RESTS_S
        self.seen = tuple(moving.seen for moving in self._moving)
        """All outputs, those that go behind those that stay."""

    @property
    def is_at_rest(self) -> bool:
        """Whether all is seen as the layout says."""
        return all(moving.is_at_rest for moving in self._moving)

    @property
    def placed(self) -> Layout:
        """Which output is on which monitor now, which way round, and of which part: those that go are still there.

        A part is the one that it glides to: the picture is not made larger turn by turn.
        """
        return Layout(tuple(moving.placed for moving in self._moving))

    def move(self, layout: Layout, now: float) -> None:
        """Let the time until `now` pass, in which `layout` is wanted."""
        since_s, self._at = 0.0 if self._at is None else now - self._at, now
        self._rests_s += max(since_s, 0.0)
        if layout is not self._layout and layout != self._layout:
            self._layout, self._rests_s = layout, 0.0
            self._want(layout)
        if self.is_at_rest:
            return
        for moving in self._moving:
            moving.move(min(max(since_s, 0.0), _LONGEST_TURN_S))
        self._moving = [moving for moving in self._moving if not moving.is_gone]
        self.seen = tuple(moving.seen for moving in self._moving)

    def reframe(self, *, wanted: bool) -> bool:
        """Whether the picture is `wanted` to have another shape: return whether nobody would see that now. Else all
        outputs go dark for it, once the hand rests; to be asked every turn.
        """
        is_dark = all(moving.seen.light <= 0.0 for moving in self._moving)
        for moving in self._moving:
            moving.waits = wanted and not is_dark and self._rests_s >= _RESTS_S
        return is_dark

    def come(self, name: str) -> None:
        """The output `name` has just got a window: it lights up."""
        for moving in self._moving:
            if moving.wanted.name == name:
                moving.darken()
        self.seen = tuple(moving.seen for moving in self._moving)

    def _want(self, layout: Layout) -> None:
        there = {moving.wanted.name: moving for moving in self._moving}
        new = [output for output in layout.outputs if output.name not in there]
        for output in new:  # another name for what is on that monitor is no other output
            names = [output.name for output in layout.outputs]
            for name, moving in list(there.items()):
                if name not in names and moving.wanted.monitor == output.monitor:
                    there[output.name] = there.pop(name)
                    break
        kept = [there.get(output.name) or _Moving(output, light=0.0) for output in layout.outputs]
        for moving, output in zip(kept, layout.outputs, strict=True):
            moving.want(output)
        for moving in self._moving:
            moving.leaves = all(moving is not one for one in kept)
        self._moving = [*kept, *(moving for moving in self._moving if moving.leaves)]


class _Moving:
    """One output on its way from how it is seen to how it is wanted."""

    def __init__(self, output: Output, *, light: float) -> None:
        self.wanted = self._shown = output
        self._still = still(output)
        self.leaves = False
        self.waits = False
        """In the dark, for the others."""
        self._way, self._goal = _numbers(output), _numbers(output)
        self._masks = MaskMotion(output.masks)
        self._light, self._since_frame_s = light, 0.0
        self._folds = self._sinks = False
        self.seen = self._as_seen()

    @property
    def is_at_rest(self) -> bool:
        return not (self.leaves or self.waits) and self.seen.light == 1.0 and self.seen == self._still

    @property
    def is_gone(self) -> bool:
        return self.leaves and self._light <= 0.0

    @property
    def placed(self) -> Output:
        delay = max(self._shown.delay_frames, self.wanted.delay_frames)
        return replace(self._shown, part=self.wanted.part, fit=self.wanted.fit, delay_frames=delay)

    def darken(self) -> None:
        self._light = 0.0
        self.seen = self._as_seen()

    def want(self, output: Output) -> None:
        self.wanted, self._still = output, still(output)
        self._shown = replace(self._shown, name=output.name)
        self._goal = _numbers(output)
        self._masks.want(output.masks)
        self._folds = output.corners != _corners(self._way) and _folds(self._way[:8], self._goal[:8])

    def move(self, since_s: float) -> None:
        # Once begun it goes all the way down and back: a hand that plays makes no flicker.
        begins = (self._turns_over or self.waits) and self._light >= 1.0
        self._sinks = self._sinks or self.leaves or begins
        step = since_s / FADE_S
        self._light = max(self._light - step, 0.0) if self._sinks else min(self._light + step, 1.0)
        if self._light <= 0.0:  # nobody sees where it comes from
            self._shown, self._way, self._folds = self.wanted, self._goal.copy(), False
            self._masks = MaskMotion(self.wanted.masks)
            self._sinks = self.leaves or self.waits
        self._glide(since_s)
        self._masks.move(since_s)
        self._creep(since_s)
        self.seen = self._as_seen()

    @property
    def _turns_over(self) -> bool:
        one, other = self._shown, self.wanted
        return self._folds or (one.monitor, one.flip, one.rotate) != (other.monitor, other.flip, other.rotate)

    def _glide(self, since_s: float) -> None:
        share = 1.0 - math.exp(-since_s / GLIDE_S)
        left = self._goal - self._way
        if self._folds:
            left[:8] = 0.0
        self._way = self._way + left * share
        self._way = np.where(np.abs(self._goal - self._way) < _CLOSE, self._goal, self._way)

    def _creep(self, since_s: float) -> None:
        left = self.wanted.delay_frames - self._shown.delay_frames
        self._since_frame_s = self._since_frame_s + since_s if left else 0.0
        if self._since_frame_s >= _A_FRAME_EVERY_S:
            self._since_frame_s -= _A_FRAME_EVERY_S
            step = 1 if left > 0 else -1
            self._shown = replace(self._shown, delay_frames=self._shown.delay_frames + step)

    def _as_seen(self) -> Seen:
        smooth = self._light * self._light * (3.0 - 2.0 * self._light)
        arrived = bool((self._way == self._goal).all())
        output = replace(self._shown, masks=(), fit=self.wanted.fit)
        fit = FitShares.of(self.wanted)
        if arrived:
            exact = self.wanted
            output = replace(output, part=exact.part, corners=exact.corners, blend=exact.blend)
        else:
            output, fit = _with_numbers(output, self._way)
        return Seen(output, fit, self._masks.seen, smooth)


def _numbers(output: Output) -> Numbers:
    """Return all of an output that glides."""
    blend, fit = output.blend, FitShares.of(output)
    corners = [share for corner in output.corners for share in (corner.x, corner.y)]
    edges = (blend.left, blend.right, blend.top, blend.bottom, blend.gamma)
    return np.array([*corners, *edges, *output.part, fit.cover, fit.contain])


def _with_numbers(output: Output, numbers: Numbers) -> tuple[Output, FitShares]:
    left, top, right, bottom, cover, contain = (float(number) for number in numbers[13:])
    blend = Blend(*(float(number) for number in numbers[8:13]))
    moved = replace(output, corners=_corners(numbers), blend=blend, part=(left, top, right, bottom))
    return moved, FitShares(cover, contain)


def _corners(numbers: Numbers) -> Corners:
    one, two, three, four = (Point(float(x), float(y)) for x, y in numbers[:8].reshape(4, 2))
    return one, two, three, four


def _folds(start: Numbers, end: Numbers) -> bool:
    """Return whether corners that go straight from one place to another cannot be looked through on their way."""
    begin, middle, finish = (np.array(turns(_corners(start + share * (end - start)))) for share in (0.0, 0.5, 1.0))
    curve = 2.0 * (begin - 2.0 * middle + finish)  # each corner's turn is a parabola of the way that is done
    slope = finish - begin - curve
    lowest = np.clip(np.divide(-slope, 2.0 * curve, out=np.zeros(4), where=curve > 0.0), 0.0, 1.0)
    least = np.minimum(np.minimum(begin, finish), begin + slope * lowest + curve * lowest**2)
    return bool((least < LEAST_TURN).any())

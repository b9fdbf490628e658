"""f_A over running sound: its convolutions keep what they made, and make only what new sound and the edges touch.

The window slides over a sound, and nearly all that a convolution finds in it was found before, some columns further
on. Anew come the columns that new sound reaches, those that felt the zeros beyond the old right edge, and those that
feel the zeros beyond the new left one. So the answer is that of the whole pass, and an error cannot grow.

Time is the second axis of a map here, [b, channels, t, f], and channels lie innermost in memory: a stretch of time is
then one piece of it, and nothing is copied when the window moves on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from s2s.models.audio_encoder import AudioEncoder, BasicBlock

COLUMNS_A_STEP: Final = 32
"""A window may slide by whole numbers of so many columns: one of the last map is then one of the map before, too."""
_LAPS: Final = 2


@dataclass(frozen=True, slots=True)
class Window:
    """One convolution or pooling over time, symmetrically padded: which outputs know which inputs."""

    kernel: int
    stride: int

    @property
    def pad(self) -> int:
        """Return how far an output looks to either side."""
        return self.kernel // 2

    def length(self, inputs: int) -> int:
        """Return how many outputs there are of `inputs`."""
        return (inputs - 1) // self.stride + 1

    def first_after(self, first: int) -> int:
        """Return the first output that looks at nothing before the input `first`."""
        return -(-(first + self.pad) // self.stride)

    def last_before(self, last: int) -> int:
        """Return the last output that looks at nothing behind the input `last`."""
        return (last - self.pad) // self.stride


@dataclass(frozen=True, slots=True)
class Plan:
    """What one piece of the network makes anew when the window has moved by `shift` of its outputs.

    Outputs 0 to `left` from its first `width` inputs, and outputs `right` to `length` from its last `width` inputs;
    what lies between is what stood `shift` columns further on.
    """

    length: int
    shift: int
    left: int
    right: int
    width: int


class _Stem(nn.Module):
    """The first convolution and its pooling."""

    windows = (Window(7, 2), Window(3, 2))

    def __init__(self, net: AudioEncoder) -> None:
        super().__init__()
        self.conv = _time_first(fuse_conv_bn_eval(net.conv1, net.bn1))

    def forward(self, x: Tensor) -> Tensor:
        return F.max_pool2d(F.relu_(self.conv(x)), 3, stride=2, padding=1)


class _Block(nn.Module):
    """One residual block, its normalisations folded into its convolutions."""

    def __init__(self, block: BasicBlock) -> None:
        super().__init__()
        self.windows = (Window(3, block.stride), Window(3, 1))
        self.stride = block.stride
        self.conv1 = _time_first(fuse_conv_bn_eval(block.conv1, block.bn1))
        self.conv2 = _time_first(fuse_conv_bn_eval(block.conv2, block.bn2))
        self.shortcut: nn.Module = nn.Identity()
        if isinstance(block.downsample, nn.Sequential):
            conv, norm = block.downsample
            assert isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)
            self.shortcut = _time_first(fuse_conv_bn_eval(conv, norm))

    def forward(self, x: Tensor) -> Tensor:
        shortcut = self.shortcut(x if self.stride == 1 else x[:, :, :: self.stride, :: self.stride])
        return F.relu_(self.conv2(F.relu_(self.conv1(x))).add_(shortcut))


class StreamingAudioEncoder:
    """The feature map of `net` over a window of `num_frames` columns that slides over a running sound.

    Its own copy of the weights, on their device; for one sound and one thread at a time.
    """

    def __init__(self, net: AudioEncoder, num_frames: int) -> None:
        blocks = [block for stage in (net.layer1, net.layer2, net.layer3, net.layer4) for block in stage]
        self._pieces: list[_Stem | _Block] = [_Stem(net), *map(_block, blocks)]
        for piece in self._pieces:
            piece.eval().requires_grad_(False)
        self.num_frames = num_frames
        self._maps: list[_SlidingMap] = []
        self._end: int | None = None

    def reset(self) -> None:
        """Forget the sound, as after a gap in it: the next window costs a whole pass."""
        self._end = None

    @torch.inference_mode()
    def features(self, inputs: Tensor, end: int | None = None) -> Tensor:
        """Return what `AudioEncoder.features` answers to `inputs` [1, 1, bins, num_frames]: [1, 8 width, f, t].

        `end` counts the columns of the sound up to the window's end. The window must lie on the sound that the one
        before lay on; it moves by multiples of `COLUMNS_A_STEP`, and by anything else or backwards costs a whole pass.
        So does None: a clip by itself, as all are to a model that levels each anew.
        """
        assert inputs.shape[:2] == (1, 1) and inputs.shape[3] == self.num_frames, tuple(inputs.shape)
        moved = None if self._end is None or end is None else end - self._end
        x = inputs[0].permute(2, 1, 0).contiguous()  # [t, f, 1]
        if moved is None or moved % COLUMNS_A_STEP or not 0 <= moved < self.num_frames:
            self._pass_whole(x)
        elif moved:
            self._pass_new(x, moved)
        self._end = end
        return self._maps[-1].now.permute(2, 1, 0)[None]

    def _pass_whole(self, x: Tensor) -> None:
        self._maps = []
        for piece in self._pieces:
            x = _rows_of(piece(_as_map(x[None])))[0]
            self._maps.append(_SlidingMap(x))

    def _pass_new(self, x: Tensor, moved: int) -> None:
        plans = plan_update([piece.windows for piece in self._pieces], self.num_frames, moved)
        for piece, plan, kept in zip(self._pieces, plans, self._maps, strict=True):
            edges = torch.stack([x[: plan.width], x[-plan.width :]])
            left, right = _rows_of(piece(_as_map(edges)))
            x = kept.move_on(plan.shift)
            x[: plan.left] = left[: plan.left]
            x[plan.right :] = right[plan.right - plan.length :]


class _SlidingMap:
    """A map [t, f, channels] that moves on in a longer stretch of memory, and goes back to its start once a lap."""

    def __init__(self, rows: Tensor) -> None:
        self._length, self._at = len(rows), 0
        self._rows = rows.new_zeros(_LAPS * len(rows), *rows.shape[1:])
        self._rows[: len(rows)] = rows

    @property
    def now(self) -> Tensor:
        """The map as it stands, a view."""
        return self._rows[self._at : self._at + self._length]

    def move_on(self, shift: int) -> Tensor:
        """Return the view `shift` columns further on, whose last ones are yet to be written."""
        if self._at + shift + self._length > len(self._rows):
            self._rows[: self._length] = self.now.clone()
            self._at = 0
        self._at += shift
        return self.now


def plan_update(pieces: Sequence[Sequence[Window]], num_frames: int, moved: int) -> list[Plan]:
    """Return what each piece of a network makes anew after `moved` new columns, for windows of `num_frames`.

    Raises ValueError where a map would not move by a whole number of columns.
    """
    plans = []
    length, shift, first, last = num_frames, moved, 0, num_frames - 1
    for windows in pieces:
        stride = 1
        inputs = length
        for window in windows:
            first, last, length = window.first_after(first), window.last_before(last), window.length(length)
            stride *= window.stride
        if shift % stride:
            raise ValueError(f"expected a move by a multiple of {stride} columns, got {shift}")
        shift //= stride
        first = min(first, length)
        right = max(last + 1 - shift, first)
        width = _width(windows, inputs, stride, first, length - right)
        plans.append(Plan(length, shift, first, right, width))
    return plans


def _width(windows: Sequence[Window], inputs: int, stride: int, left: int, right: int) -> int:
    """Return how many inputs from either end make the first `left` and the last `right` outputs rightly.

    The last ones begin on the grid of `stride` columns that the whole map's outputs lie on.
    """
    needed = max(left, right)
    for width in range(1 + (inputs - 1) % stride, inputs, stride):
        length, last, first = width, width - 1, 0
        for window in windows:
            length, last, first = window.length(length), window.last_before(last), window.first_after(first)
        if last + 1 >= left and length - first >= needed:
            return width
    return inputs


def _time_first(conv: nn.Conv2d) -> nn.Conv2d:
    """Return a convolution over [b, c, t, f] that does what `conv` does over [b, c, f, t]; square ones alone."""
    conv.weight = nn.Parameter(conv.weight.detach().transpose(2, 3).contiguous(memory_format=torch.channels_last))
    return conv


def _block(module: nn.Module) -> _Block:
    assert isinstance(module, BasicBlock)
    return _Block(module)


def _as_map(rows: Tensor) -> Tensor:
    """[b, t, f, channels] -> [b, channels, t, f], channels innermost in memory still."""
    return rows.permute(0, 3, 1, 2)


def _rows_of(maps: Tensor) -> Tensor:
    """[b, channels, t, f] -> [b, t, f, channels]."""
    return maps.permute(0, 2, 3, 1)

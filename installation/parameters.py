"""THE table of live parameters: presets, OSC, MIDI, the operator page and the manual's table are derived from it.

Adding a control is adding a row. Pure data; imported by every process, does nothing by itself.
"""

import difflib
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from installation.parameter import Kind, Parameter, ParameterError, Scaling
from s2s.files.quote import LONGEST_QUOTE, quoted


def _float(
    address: str,
    default: float,
    low: float,
    high: float,
    description: str,
    *,
    unit: str = "",
    scaling: Scaling = Scaling.LINEAR,
    smoothing_s: float = 0.05,
) -> Parameter:
    return Parameter(address, Kind.FLOAT, default, description, low, high, unit, scaling, smoothing_s)


def _bool(address: str, default: bool, description: str) -> Parameter:
    return Parameter(address, Kind.BOOL, default, description)


_MIX: Final = "waveform mix towards the built-in performance (the paper's mixing)"
_AUTO: Final = "how far gain may go by itself, over minutes, up or down to usual loudness; 0 not at all"
_HEAR_LATER: Final = "sound counts so much later: where the room hears it later than the show does"
_MOVE_LATER: Final = "the picture's movement comes so much later: beside a slower screen"
_CLOCK: Final = "whose beat counts while it runs: of the sound or a hand, a MIDI clock, an Ableton Link session"
_CERTAIN: Final = "below this certainty of what sounds the show drifts instead of inventing; 0 never"
_WALL_CLOCK: Final = "the picture's hour is that of the clock on the wall; a film's begins at /scene/hour"
_GO: Final = "go to a preset of the show's folders, by name, over /show/morph seconds"
_WINDOW: Final = "how much of the newest sound counts: less answers sooner, and errs more"
_MEMORY: Final = "0 painted, 1 the nearest of the place's own photographs, where the model holds some"
_PAINTER: Final = "who paints: 0 the generator, 1 the world's own shaders after what is heard"
_MODEL: Final = "go to a model, by its name or its folder below the show's own, over /show/morph seconds"
_FIT: Final = "a picture of another shape than the window: cut off, between bars, or its edges carried on"

_ADVECT: Final = "how long the last picture stays, carried along by a current"
_CURRENT: Final = "how strongly that current flows: bass wide, treble fine"
_MIST: Final = "light spreads from what is bright, and none is added, as by a filter before a lens"
_LUT: Final = "how much of the preset's .cube file, where it names one"
_SPLIT: Final = "shadows and lights part in colour: above 0 cool and warm, below 0 the other way"

_LEARN: Final = "the control that the next MIDI message moves from then on, by its address; empty: none"
_FORGET: Final = "what a controller was taught is forgotten: of one control, as the status calls it, or of an address"
_RECORD: Final = "record what is shown, with its sound, into the venue's folder"
_LOG: Final = "log the session into the venue's folder, or that of --log, from which it can be rendered again"
_SAVE: Final = "save what is shown as a preset of this name, in the venue's folder"
_RENAME: Final = "give the preset that is shown another name, if the venue's folder has it"
_TRY: Final = "note how everything stands: what is moved from now on is a draft, until /show/keep or /show/cancel"
_VERSION: Final = "the preset that is shown as it was saved so many times ago; 0 the newest"
_EASING: Final = "how a change of preset moves: slow at both ends, even, slow to begin, slow to arrive"
_AB: Final = "between two presets, when both are named: 0 /show/a, 1 /show/b"

_CUE: Final = "go to a cue of the venue, by its number or name; next and back from the one that is shown"
_PLAYLIST: Final = "whether one look of the venue's playlist follows another by itself"
_LOCK: Final = "nothing changes by itself: playlist, and cues with a duration or a time of the day"
_LIGHT: Final = "how much light the picture has; opening hours fade it up, and to black"

_PATTERN: Final = "a test pattern on every output, for projectors: grid, circles, name and corners"
_BETWEEN: Final = "from one generated picture to the next: it fades, or what is seen in both moves there"

_ROWS: Final = (
    _float("/audio/gain", 0, -60, 24, "gain before analysis and encoder (the paper's volume)", unit="dB"),
    _float("/audio/auto", 0, 0, 24, _AUTO, unit="dB", smoothing_s=0),
    _float("/audio/gate", -60, -90, 0, "below this level for some seconds the show is idle", unit="dB"),
    _float("/audio/mix", 0, 0, 1, _MIX, smoothing_s=0.3),
    _float("/audio/delay", 0, 0, 2000, _HEAR_LATER, unit="ms", smoothing_s=0),
    _float("/audio/tempo", 0, 0, 240, "the tempo that a hand says or taps; 0 as heard", unit="bpm", smoothing_s=0),
    Parameter("/audio/clock", Kind.CHOICE, "sound", _CLOCK, choices=("sound", "midi", "link")),
    Parameter("/audio/tap", Kind.TRIGGER, True, "a beat, tapped: from the third on that is the tempo"),
    _float("/latent/blend", 0, 0, 1, "λ of z_new: 0 only sound, 1 only the preset's image"),
    _float("/latent/edit", 0, -2, 2, "λ of the edit by loudness: of the preset's image at blend 1 (live inversion)"),
    _float("/latent/memory", 0, 0, 1, _MEMORY, smoothing_s=1),
    _float("/latent/glide", 3, 0, 30, "time constant with which the latent follows the sound", unit="s", smoothing_s=0),
    _float("/latent/window", 10, 1, 10, _WINDOW, unit="s", smoothing_s=0),
    _float("/latent/drift", 0.25, 0, 1, "how fast the noise vector wanders"),
    _float("/latent/truncation", 1, 0.1, 2, "scale of the noise vector", smoothing_s=0.3),
    _bool("/latent/hold", False, "freeze the latent where it is"),
    _float("/scene/nearness", 0.5, 0, 1, "how near the thing is that sounds: 0 far and small, 1 near and large"),
    _float("/scene/nearness_hold", 0, 0, 1, "how firmly: 0 it is as near as it sounds, 1 as near as told"),
    _float("/scene/hour", 12, 0, 24, "the hour of the day in the picture", unit="h"),
    _float("/scene/hour_hold", 0, 0, 1, "how firmly: 0 any hour, 1 that one, where the scene has it"),
    _bool("/scene/clock", False, _WALL_CLOCK),
    _float("/scene/warmth", 0.5, 0, 1, "how warm the generator's colours are: 0 blue and green, 1 red and gold"),
    _float("/scene/warmth_hold", 0, 0, 1, "how firmly: 0 any, 1 that one, among what the scene has at its hour"),
    _float("/scene/certainty", 0.35, 0, 1, _CERTAIN),
    _float("/render/painter", 0, 0, 1, _PAINTER, smoothing_s=1),
    _float("/render/brightness", 1, 0, 2, "multiplies the picture"),
    _float("/render/contrast", 1, 0, 2, "around middle grey"),
    _float("/render/saturation", 1, 0, 2, "0 is grey, 1 as generated"),
    _float("/render/hue", 0, -180, 180, "turns all colours", unit="°"),
    _float("/render/zoom", 1, 1, 2, "magnifies about the centre"),
    _float("/render/feedback", 0.3, 0, 0.97, "how much of the last picture stays"),
    _float("/render/swirl", 0, -1, 1, "how the feedback turns and grows while it fades"),
    _float("/render/displacement", 0, 0, 1, "lets the picture ripple"),
    _float("/render/advect", 0, 0, 1, _ADVECT),
    _float("/render/current", 0.5, 0, 1, _CURRENT),
    _float("/render/warp", 0, 0, 1, "bends the picture: bass wide and slowly, treble finely"),
    _float("/render/bloom", 0.15, 0, 1, "glow around what is bright"),
    _float("/render/sharpness", 0.5, 0, 1, "edge-aware sharpening after up-scaling"),
    _float("/render/strokes", 0.5, 0, 1, "brush strokes that follow the picture's edges"),
    _float("/render/grain", 0.15, 0, 1, "film grain"),
    _float("/render/vignette", 0.2, 0, 1, "darkens the corners"),
    _float("/render/mist", 0, 0, 1, _MIST),
    _float("/render/distortion", 0, -1, 1, "of a lens: above 0 barrel, below 0 pincushion"),
    _float("/render/aberration", 0, 0, 1, "of a lens: colours part towards the corners"),
    _float("/render/aperture", 0, 0, 1, "of a lens: how wide open it is, which darkens the corners"),
    _float("/render/lift", 0, -1, 1, "curves: sinks or raises the shadows"),
    _float("/render/gamma", 0, -1, 1, "curves: darkens or lightens the middle"),
    _float("/render/gain", 0, -1, 1, "curves: dims or brightens the lights, which never burn out"),
    _float("/render/split", 0, -1, 1, _SPLIT),
    _float("/render/lut", 1, 0, 1, _LUT),
    _float("/render/dither", 0, 0, 1, "few colours, and specks between them, as in print"),
    _float("/render/delay", 0, 0, 2000, _MOVE_LATER, unit="ms", smoothing_s=0),
    Parameter("/render/between", Kind.CHOICE, "fade", _BETWEEN, choices=("fade", "flow")),
    Parameter("/render/fit", Kind.CHOICE, "extend", _FIT, choices=("crop", "fit", "extend")),
    Parameter("/show/preset", Kind.TEXT, "", _GO, letters=100, forbidden="/\\"),
    Parameter("/show/model", Kind.TEXT, "default", _MODEL, letters=200, forbidden="\\"),
    _float("/show/morph", 4, 0, 60, "how long a change of preset or model takes", unit="s", smoothing_s=0),
    Parameter("/show/easing", Kind.CHOICE, "smooth", _EASING, choices=("smooth", "linear", "late", "early")),
    Parameter("/show/a", Kind.TEXT, "", "one of two presets, by name", letters=100, forbidden="/\\"),
    Parameter("/show/b", Kind.TEXT, "", "the other, by name", letters=100, forbidden="/\\"),
    _float("/show/ab", 0, 0, 1, _AB, smoothing_s=0.1),
    Parameter("/show/cue", Kind.TEXT, "", _CUE, letters=100, forbidden="/\\", numbers=True),
    Parameter("/show/go", Kind.TRIGGER, True, "go to the next cue"),
    Parameter("/show/back", Kind.TRIGGER, True, "go to the cue before"),
    Parameter("/show/playlist", Kind.CHOICE, "off", _PLAYLIST, choices=("off", "in order", "shuffle")),
    _bool("/show/lock", False, _LOCK),
    _float("/show/light", 1, 0, 1, _LIGHT, smoothing_s=0.1),
    Parameter("/show/save", Kind.TEXT, "", _SAVE, letters=100, forbidden="/\\"),
    Parameter("/show/rename", Kind.TEXT, "", _RENAME, letters=100, forbidden="/\\"),
    Parameter("/show/version", Kind.INT, 0, _VERSION, low=0, high=10, clips=False),
    Parameter("/show/revert", Kind.TRIGGER, True, "back to what the file of the preset says, over /show/morph seconds"),
    Parameter("/show/try", Kind.TRIGGER, True, _TRY),
    Parameter("/show/keep", Kind.TRIGGER, True, "what was tried stays"),
    Parameter("/show/cancel", Kind.TRIGGER, True, "back to how everything stood at /show/try, in /show/morph"),
    Parameter("/show/learn", Kind.TEXT, "", _LEARN, letters=100, forbidden="\\"),
    Parameter("/show/forget", Kind.TEXT, "", _FORGET, letters=100, forbidden="\\"),
    Parameter("/show/snapshot", Kind.TRIGGER, True, "save the picture as a PNG file in the venue's folder"),
    _bool("/show/record", False, _RECORD),
    _bool("/show/log", False, _LOG),
    _bool("/show/blackout", False, "fade to black and back"),
    _bool("/show/freeze", False, "stop the picture"),
    Parameter("/show/pattern", Kind.CHOICE, "none", _PATTERN, choices=("none", "grid")),
    _bool("/show/hud", False, "show levels, rates and latencies over the picture"),
)  # fmt: skip

PARAMETERS: Final = MappingProxyType({row.address: row for row in _ROWS})
"""Every live control by address."""

DEFAULTS: Final = MappingProxyType({row.address: row.default for row in _ROWS})

_MORE_DEEDS: Final = (
    "/show/ab",
    "/show/version",
    "/show/record",
    "/show/log",
    "/show/playlist",
    "/show/lock",
    "/show/light",
    "/show/pattern",
)

DEEDS: Final = frozenset(
    row.address
    for row in _ROWS
    if row.group == "show" and (row.kind in (Kind.TEXT, Kind.TRIGGER) or row.address in _MORE_DEEDS)
)
"""What an operator does, and no part of any look: presets do not set it, and a saved preset does not hold it."""

WORKER_GROUPS: Final = ("audio", "latent", "scene")
"""The groups that capture and inference read; the others are the show's own."""

PAINTER: Final = "/render/painter"

WORKER_ADDRESSES: Final = tuple(row.address for row in _ROWS if row.group in WORKER_GROUPS or row.address == PAINTER)
"""What travels to the workers."""


def parameter(address: str) -> Parameter:
    """Return the row of `address`. Raises ParameterError that names the nearest address."""
    row = PARAMETERS.get(address)
    if row is None:
        raise ParameterError(f"there is no parameter {quoted(address)}{nearest(address, PARAMETERS)}")
    return row


def nearest(name: str, names: Iterable[str]) -> str:
    """Return ", did you mean X?" for the closest of `names`, or the empty string when none is close."""
    matches = difflib.get_close_matches(name[:LONGEST_QUOTE], list(names), n=1, cutoff=0.5)
    return f", did you mean {matches[0]!r}?" if matches else ""

"""What a calibration prints: a table of the parts, what to set, and what it cannot know. Pure."""

from typing import Final

from installation.calibration.advice import NOTICED_MS, Advice
from installation.calibration.timing import Measurement, Part

_WORDS: Final = {
    Part.PLAYED: "played -> at the microphone or line",
    Part.CAPTURED: "-> in the ring",
    Part.RINGED: "-> known for a beginning",
    Part.DRAWN: "-> drawn",
    Part.PRESENTED: "-> presented",
    Part.SHOW: "microphone -> presented: the show",
    Part.ALL: "played -> presented",
}
_UNSTEADY: Final = "the times vary widely: this machine is busy with something else; measure again when it is not"
UNHEARD: Final = (
    "the clicks were not heard: {heard} of {clicks}; turn the sound output up, lead it to the source "
    "({source}), and look that nothing else is as loud"
)


def table(found: Measurement) -> str:
    """Return the distribution of each part in lines of text."""
    head = f"{found.heard} of {found.clicks} clicks heard, {found.others} other onsets meanwhile"
    lines = [head, f"{'ms':<38}{'p50':>8}{'p95':>8}{'max':>8}"]
    lines += [
        f"{_WORDS[part]:<38}{spread.p50:>8.1f}{spread.p95:>8.1f}{spread.max:>8.1f}"
        for part, spread in found.parts.items()
    ]
    if not found.is_steady:
        lines.append(_UNSTEADY)
    return "\n".join(lines)


def recommendation(advice: Advice, *, written_to: str | None) -> str:
    """Return what to do in words, and what this measurement cannot know."""
    lines = [f"set /audio/delay to {advice.audio_delay_ms:.0f} ms"]
    if written_to is not None:
        lines = [f"/audio/delay {advice.audio_delay_ms:.0f} ms is written to {written_to}"]
    if advice.loudspeakers_ms:
        seen = "which is noticed" if advice.noticed else f"which below {NOTICED_MS:.0f} ms nobody notices"
        lines.append(
            f"the picture still comes {advice.loudspeakers_ms:.0f} ms after the sound, {seen}: "
            "only loudspeakers that wait as long, at the mixing desk, can change that"
        )
    lines.append(
        "not measured: how long screen or projector take (film wall and loudspeaker, count the pictures between flash "
        "and click, --screen-late MS), and how much later the audience hears than the source (--room-late MS; "
        "3 ms a metre)"
    )
    return "\n".join(lines)

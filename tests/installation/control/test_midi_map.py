"""Maps are checked entry by entry, each fault in one line."""

import pytest

from installation.control.midi.map import MidiMap, MidiMapError
from installation.control.midi.takeover import Takeover


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"cc": 7, "to": "/audio/gian"}, "there is no parameter '/audio/gian', did you mean '/audio/gain'?"),
        ({"cc": 128, "to": "/audio/gain"}, "cc takes 0..127, got 128"),
        ({"cc": "7", "to": "/audio/gain"}, "cc takes 0..127, got '7'"),
        ({"cc": 7, "channel": 0, "to": "/audio/gain"}, "channel takes 1..16, got 0"),
        ({"cc": 7, "chanel": 1, "to": "/audio/gain"}, "has no 'chanel', did you mean 'channel'?"),
        ({"cc": 7, "note": 3, "to": "/audio/gain"}, "one of cc, nrpn, pitch, note and program"),
        ({"to": "/audio/gain"}, "one of cc, nrpn, pitch, note and program"),
        ({"cc": 7}, "lacks 'to'"),
        ({"note": 7, "to": "/audio/gain"}, "only with a 'value' beside 'to'"),
        ({"program": 7, "to": "/audio/gain"}, "only with a 'value' beside 'to'"),
        ({"cc": 7, "to": "/show/preset"}, "only with a 'value' beside 'to'"),
        ({"note": 7, "to": "/audio/gain", "value": 99}, "/audio/gain takes -60..24 dB, got 99"),
        ({"cc": 7, "to": "/audio/gain", "value": "velocity"}, "/audio/gain takes -60..24 dB, got 'velocity'"),
        ("cc 7", "an entry such as"),
        ({"cc": 32, "bits": 14, "to": "/audio/gain"}, "cc takes 0..31, got 32"),
        ({"cc": 7, "bits": 8, "to": "/audio/gain"}, "bits takes 7 or 14"),
        ({"note": 7, "bits": 14, "to": "/show/hud"}, "bits takes 7 or 14, for a cc 0..31 or an nrpn, got 14"),
        ({"nrpn": 16_384, "to": "/audio/gain"}, "nrpn takes 0..16383, got 16384"),
        (
            {"cc": 7, "relative": "twos", "to": "/audio/gain"},
            "relative takes twos-complement | binary-offset | sign-magnitude | either, got 'twos'",
        ),
        ({"nrpn": 7, "relative": "either", "to": "/audio/gain"}, "relative is for a cc of 7 bits"),
        ({"cc": 7, "acceleration": 2, "to": "/audio/gain"}, "say how it speaks by 'relative'"),
        (
            {"cc": 7, "relative": "either", "acceleration": float("nan"), "to": "/audio/gain"},
            "acceleration takes 1..20",
        ),
        ({"note": 7, "press": "hold", "to": "/show/hud"}, "press takes trigger | toggle | momentary, got 'hold'"),
        ({"note": 7, "press": [], "to": "/show/hud"}, "press takes trigger | toggle | momentary, got []"),
        ({"program": 7, "press": "momentary", "to": "/show/hud"}, "which is never released"),
        ({"cc": 7, "press": "toggle", "to": "/audio/gain"}, "press is for a switch or with a 'value'"),
        ({"cc": 7, "takeover": "pick up", "to": "/audio/gain"}, "takeover takes jump | pickup | scale, got 'pick up'"),
        ({"note": 7, "takeover": "pickup", "to": "/show/hud"}, "takeover is for what stands somewhere"),
        ({"cc": 7, "feedback": "no", "to": "/audio/gain"}, "feedback takes true or false, got 'no'"),
        ({"pitch": 17, "to": "/audio/gain"}, "pitch takes 1..16, got 17"),
        ({"pitch": 1, "bits": 7, "to": "/audio/gain"}, "bits takes 7 or 14"),
        ({"program": "all", "to": "/show/preset"}, "program takes 0..127, got 'all'"),
        ({"cc": [7], "to": "/audio/gain"}, "cc takes 0..127, got [7]"),
        ({"cc": 7, "to": ["/audio/gain"]}, "there is no parameter"),
        ({"cc": 7, "bits": [14], "to": "/audio/gain"}, "bits takes 7 or 14"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named_with_the_reason(entry: object, words: str) -> None:
    with pytest.raises(MidiMapError) as refused:
        MidiMap.parse([{"cc": 1, "to": "/latent/blend"}, entry])

    assert str(refused.value).startswith("midi.map[1]")
    assert words in str(refused.value) and "\n" not in str(refused.value)


def test_what_a_map_says_for_all_holds_where_an_entry_says_nothing_else() -> None:
    entries = [
        {"cc": 1, "to": "/latent/blend"},
        {"cc": 2, "to": "/latent/glide", "takeover": "jump", "feedback": True},
        {"note": 3, "to": "/show/hud"},
        {"cc": 4, "relative": "either", "to": "/latent/drift"},
    ]
    said = [(one.takeover, one.feedback) for one in MidiMap.parse(entries, "pickup", feedback=False).bindings]
    assert said == [(Takeover.PICKUP, False), (Takeover.JUMP, True), (Takeover.JUMP, False), (Takeover.JUMP, False)]

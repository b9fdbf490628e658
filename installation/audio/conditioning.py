"""From what a source gives to what the ring holds: delay, gain, mix; the same for a show and a film. Pure."""

from installation.audio.auto_gain import AutoGain
from installation.audio.delay_line import DelayLine
from installation.audio.mixing import Mixer
from installation.audio.source import MakeSound
from installation.values import Controls, Samples


class Conditioner:
    """Applies the controls of `/audio/` to sound, block by block. Belongs to one thread."""

    def __init__(self, second: MakeSound) -> None:
        self._delay_line, self._auto_gain, self._mixer = DelayLine(), AutoGain(), Mixer(second)

    @property
    def auto_gain_db(self) -> float:
        """What automatic gain adds now."""
        return self._auto_gain.gain_db

    def condition(self, samples: Samples, controls: Controls) -> Samples:
        """Return the next samples for the ring, as many as came; not clipped.

        The delay comes first, so that a hand at the gain is answered at once.
        """
        late = self._delay_line.delay(samples, controls.number("/audio/delay") / 1e3)
        hand_db, gate_db = controls.number("/audio/gain"), controls.number("/audio/gate")
        auto_db = self._auto_gain.follow(late, hand_db, gate_db, controls.number("/audio/auto"))
        return self._mixer.apply(late, hand_db + auto_db, controls.number("/audio/mix"))

"""From what a source gives to what the ring holds: delay, gain, mix. The same for a show and a film. Pure."""

from installation.audio.delay_line import DelayLine
from installation.audio.mixing import Mixer
from installation.audio.source import MakeSound
from installation.values import Controls, Samples


class Conditioner:
    """Applies the controls of `/audio/` to sound, block by block. Belongs to one thread."""

    def __init__(self, second: MakeSound) -> None:
        self._delay_line, self._mixer = DelayLine(), Mixer(second)

    def condition(self, samples: Samples, controls: Controls) -> Samples:
        """Return the next samples for the ring, as many as came; not clipped.

        The delay comes first, so that a hand at the gain is answered at once.
        """
        late = self._delay_line.delay(samples, controls.number("/audio/delay") / 1e3)
        return self._mixer.apply(late, controls.number("/audio/gain"), controls.number("/audio/mix"))

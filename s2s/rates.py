"""The two rates that sounds and frames have everywhere in this package. Imports nothing but types."""

from typing import Final

SAMPLE_RATE_HZ: Final = 16_000
"""Of sound, as the networks hear it."""
FRAME_RATE_HZ: Final = 10
"""Of frames of clips, as they are prepared, rendered and selected from."""

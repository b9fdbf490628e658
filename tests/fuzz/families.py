"""All families of hostile input, by name: what comes by network, by controller, and in files."""

from typing import Final

from tests.fuzz.family import Family
from tests.fuzz.family_bundles import BUNDLES
from tests.fuzz.family_calibration import CALIBRATION
from tests.fuzz.family_checkpoints import CHECKPOINTS
from tests.fuzz.family_closed_page import CLOSED_PAGE
from tests.fuzz.family_cube import CUBE
from tests.fuzz.family_isf import ISF
from tests.fuzz.family_media import FILMS, IMAGES, SOUNDS
from tests.fuzz.family_midi import MIDI
from tests.fuzz.family_midi_maps import MIDI_MAPS
from tests.fuzz.family_osc import OSC
from tests.fuzz.family_osc_pcm import OSC_PCM
from tests.fuzz.family_oscquery import OSCQUERY, OSCQUERY_SOCKET
from tests.fuzz.family_page import HTTP, WEBSOCKET
from tests.fuzz.family_sessions import SESSIONS
from tests.fuzz.family_study import STUDY
from tests.fuzz.family_venue import CUES, DOCUMENTS, OUTPUTS, PRESETS, SCHEDULE, SENDERS

_NETWORK: Final = (OSC, OSC_PCM, OSCQUERY, OSCQUERY_SOCKET, MIDI, HTTP, CLOSED_PAGE, WEBSOCKET)
_VENUE: Final = (DOCUMENTS, PRESETS, MIDI_MAPS, CUES, SCHEDULE, OUTPUTS, SENDERS, CUBE, ISF, CALIBRATION)
_CARRIED_IN: Final = (BUNDLES, CHECKPOINTS, SOUNDS, FILMS, IMAGES, SESSIONS, STUDY)

FAMILIES: Final[dict[str, Family]] = {family.name: family for family in (*_NETWORK, *_VENUE, *_CARRIED_IN)}

"""The sounds of the synthetic world, in numpy and scipy alone: `synthesize` a steady take, `synthesize_clip` a clip.

Downward: clip_sound -> synthesis -> one module per family (weather, water, fire, animals, machines, people, music …)
-> grains, noise, voices -> take; space is the air, room and microphone that every sound passes through last, and
surroundings what else is there. Beside the scenes, unknown -> speech, livestock, tunes, device_tones, household,
static: `synthesize_unknown` makes what is none of them. Importing does nothing.
"""

from s2s.world.sounds.clip_sound import ClipSound, synthesize_clip
from s2s.world.sounds.synthesis import synthesize
from s2s.world.sounds.unknown import UNKNOWN_KINDS, synthesize_unknown

__all__ = ["UNKNOWN_KINDS", "ClipSound", "synthesize", "synthesize_clip", "synthesize_unknown"]

"""The sounds of the synthetic world: `synthesize` a take of any scene, in numpy and scipy alone.

Downward: synthesis -> one module a family (weather, water, fire, animals, machines, people, music) -> grains, noise,
voices -> take; space is the air, room and microphone that every sound passes through last. Importing does nothing.
"""

from s2s.world.sounds.synthesis import synthesize

__all__ = ["synthesize"]

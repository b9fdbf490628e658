"""The paper's figures 6 to 9 and 11 from one's own sounds and images.

sweeps (which sounds, at which volumes; pure) -> sound_strip, latent_strip (what a model paints of them; film frames).
"""

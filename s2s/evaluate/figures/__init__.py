"""The paper's figures 3, 4, 6 to 9, 11 to 13, S4, S7 and S8, drawn of any model by the library's own functions.

material                        sounds with classes and pictures
clip_material                   those of whatever is evaluated
world_material                  which scenes of the world are shown, and films of it
sheet                           a figure before it is a file
moments                         figure 3: the frame that shows what is heard
waveforms                       figures 4, 6, 7, 8: sounds as they are, louder, mixed
latents                         figures 9, 11, S7, S8: pictures and sounds in the latent space
unseen                          figure 12: classes never seen
limits                          figure 13: failures
sound_map                       figure S4: the sounds in two dimensions
drawing                         all of them, each a file
"""

from s2s.evaluate.figures.clip_material import material_of_clips
from s2s.evaluate.figures.drawing import FIGURES, draw_figures
from s2s.evaluate.figures.material import FigureMaterial, LabelledClip

__all__ = ["FIGURES", "FigureMaterial", "LabelledClip", "draw_figures", "material_of_clips"]

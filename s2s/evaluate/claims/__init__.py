"""The claims of the paper's section 5 as numbers, on the world, whose truth is known.

measuring      what they share: takes, pictures, a judge, intervals
volume         louder is larger, and still the same scene
mixtures       of two sounds mixed, both are seen
edits          an edit by volume moves the size and nothing else
blends         from a sound to a picture without a step back
composition    a picture of one thing and the sound of another
retrieval      a sound finds a picture
inversions     a picture found again in the generator
unseen         where classes land that were never seen
all_of_them    one after another
kept           what was measured, for a run that goes on
"""

from s2s.evaluate.claims.all_of_them import measure_claims
from s2s.evaluate.claims.kept import KeptClaims
from s2s.evaluate.claims.measuring import ClaimSizes
from s2s.evaluate.claims.unseen import LeftOut

__all__ = ["ClaimSizes", "KeptClaims", "LeftOut", "measure_claims"]

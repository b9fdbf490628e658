"""The paper's numbers, by table and row: shares of one, as reports have them. VGGSound is its 50 classes.

Sung-Bin, Senocak, Ha, Owens, Oh: Sound to Visual Scene Generation by Audio-to-Visual Latent Alignment, CVPR 2023.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from s2s.data.labels import FIGURE_S1, read_labels
from s2s.data.vegas import CLASSES as VEGAS_CLASSES

Numbers = Mapping[str, float]

TABLE_1: Final[Mapping[str, Mapping[str, Numbers]]] = {
    "VGGSound": {
        "A": {"r1": 0.3006, "r5": 0.6259, "fid": 16.11, "is": 12.61},
        "B": {"r1": 0.4071, "r5": 0.7736, "fid": 17.97, "is": 19.46},
        "C": {"r1": 0.5128, "r5": 0.8037},
        "D": {"r1": 0.5782, "r5": 0.8579},
    },
    "VEGAS": {
        "A": {"r1": 0.4660, "r5": 0.8248},
        "B": {"r1": 0.5744, "r5": 0.8408},
        "C": {"r1": 0.6720, "r5": 0.8500},
        "D": {"r1": 0.7360, "r5": 0.8820},
    },
}
TABLE_2: Final[Mapping[str, Numbers]] = {
    "L2": {"r1": 0.1821, "r5": 0.4669, "fid": 24.05, "is": 9.97},
    "L_nce": {"r1": 0.3163, "r5": 0.6604, "fid": 27.05, "is": 12.92},
    "L_total, middle frame": {"r1": 0.3720, "r5": 0.7313, "fid": 21.20, "is": 17.51},
    "L_total, 1 s": {"r1": 0.3585, "r5": 0.7202, "fid": 19.05, "is": 17.87},
    "L_total, 5 s": {"r1": 0.3824, "r5": 0.7576, "fid": 20.43, "is": 18.81},
    "L_total, top-1 frame, 10 s": {"r1": 0.4071, "r5": 0.7736, "fid": 17.97, "is": 19.46},
}
"""By the names of `ablation.ROWS`."""


def corpus_of(labels: Sequence[str | None]) -> tuple[str, str]:
    """Return the corpus whose published numbers stand beside, and what has to be said where it is another."""
    classes = {label for label in labels if label is not None}
    if classes == set(VEGAS_CLASSES):
        return "VEGAS", "the paper's VEGAS"
    if classes == set(read_labels(FIGURE_S1)):
        return "VGGSound", "the paper's 50 classes of VGGSound"
    return "VGGSound", "published numbers are of VGGSound, 50 classes: another corpus than this one"

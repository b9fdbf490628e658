"""What each of the evening's held-out sounds finds by one model: the place it is painted from, among the pictures."""

from dataclasses import replace
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle
from s2s.evaluate.comparison import RetrievalScores, class_agreement, class_hits, retrieval_scores
from s2s.metrics.scores import class_centroids
from s2s.retrain.dataset import VenueDataset
from s2s.retrain.heard import bands_for

_AT_ONCE: Final = 16


@torch.no_grad()
def painted_from(model: Bundle, dataset: VenueDataset, rows: NDArray[np.int64]) -> Tensor:
    """Return where the show paints the sounds of `rows` from, unit [n, d]: what the heads see of the likeliest thing
    and as much of the whole as belongs to it, or what f_A makes of the whole where a model has no heads.
    """
    pairs = replace(dataset.pairs, spec=model.spec)
    parts = []
    for start in range(0, len(rows), _AT_ONCE):
        inputs = pairs.normalised(pairs.log_spectrograms_of(rows[start : start + _AT_ONCE])).to(model.device)
        features, heads = model.audio_encoder.features(inputs), model.source_heads
        whole = F.normalize(model.audio_encoder.embed(features.mean((2, 3))), dim=1)
        if heads is None:
            parts.append(whole.float().cpu())
        else:
            summary, reading = heads.hear(features, bands_for(model, inputs))
            likeliest = reading.logits.argmax(dim=1)
            seen = F.normalize(heads.last_seeing(heads.before_seeing(summary, likeliest)).relu(), dim=1)
            if heads.marked:
                seen = F.normalize(seen + heads.marks[likeliest], dim=1)
            parts.append(heads.seen_alone(seen, whole).float().cpu())
    return torch.cat(parts)


def held_out_scores(audio: Tensor, dataset: VenueDataset) -> RetrievalScores:
    """Score where the held-out sounds are painted from, unit [n, d]: against their own frames, and against pictures of
    the other recordings, whose class is known or not.
    """
    pairs = dataset.pairs
    others = np.union1d(pairs.train, pairs.held_out)
    pictures = F.normalize(torch.from_numpy(np.array(pairs.features[others])), dim=2)
    kinds = pairs.labels[others].repeat(pictures.shape[1])
    centroids = class_centroids(pictures.flatten(0, 1), torch.from_numpy(kinds), len(pairs.classes))
    own = torch.from_numpy(np.array(pairs.features[pairs.test, 0]))
    return replace(
        retrieval_scores(audio, own),
        agreement=class_agreement(audio, pairs.labels[pairs.test], centroids),
        hits=class_hits(audio, pairs.labels[pairs.test], pictures.flatten(0, 1), kinds),
    )

"""Training objectives: the paper's, and those that train the default model's other two networks. Pure functions."""

import torch
import torch.nn.functional as F
from torch import Tensor


def audio_visual_info_nce(audio: Tensor, image: Tensor, temperature: float = 1.0) -> Tensor:
    """Return L_total of Sound2Scene, equations 1 and 2, for raw embeddings [b, d] of b matching pairs.

    Both are scaled to unit length; d is the plain L2 distance; negatives come from the batch alone. The paper has no
    temperature (1). Then the range is narrow: ln b for embeddings that are all alike, 2.792 at b = 64 for perfect
    pairs whose negatives are orthogonal.
    """
    assert audio.shape == image.shape and audio.ndim == 2, f"{tuple(audio.shape)} against {tuple(image.shape)}"
    distance = unit_distance(audio, image) / temperature  # [b, b]
    pairs = torch.arange(len(audio), device=audio.device)
    return (F.cross_entropy(-distance, pairs) + F.cross_entropy(-distance.T, pairs)) / 2


def cosine_info_nce(audio: Tensor, image: Tensor, temperature: float = 1.0) -> Tensor:
    """Return L_nce of Sound2Scene's table 2: `audio_visual_info_nce` with cosines in the place of distances."""
    assert audio.shape == image.shape and audio.ndim == 2, f"{tuple(audio.shape)} against {tuple(image.shape)}"
    cosine = F.normalize(audio.float(), dim=1) @ F.normalize(image.float(), dim=1).T / temperature
    pairs = torch.arange(len(audio), device=audio.device)
    return (F.cross_entropy(cosine, pairs) + F.cross_entropy(cosine.T, pairs)) / 2


def unit_distance(a: Tensor, b: Tensor) -> Tensor:
    """Return L2 distances [len(a), len(b)] of the unit vectors along the rows of `a` and `b`."""
    cosine = F.normalize(a.float(), dim=1) @ F.normalize(b.float(), dim=1).T
    # The floor keeps the root's slope finite where two vectors agree.
    return (2.0 - 2.0 * cosine).clamp_min(1e-8).sqrt()


def nt_xent(first: Tensor, second: Tensor, temperature: float = 0.2) -> Tensor:
    """Return SimCLR's loss (Chen et al. 2020, equation 1) for projections [b, d] of two views of b pictures."""
    both = F.normalize(torch.cat([first, second]).float(), dim=1)
    similarity = both @ both.T / temperature
    similarity.fill_diagonal_(-torch.inf)
    n = len(first)
    partner = torch.arange(2 * n, device=first.device).roll(n)
    return F.cross_entropy(similarity, partner)


def swapped_prediction(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    """Return SwAV's loss (Caron et al. 2020, equations 1 and 2): each code predicted from every other view.

    `scores` [b, prototypes] of all views, those first whose `codes` are given; a code is a distribution a row.
    """
    logs = [F.log_softmax(one.float() / temperature, dim=1) for one in scores]
    terms = [-(code * log).sum(dim=1).mean() for i, code in enumerate(codes) for j, log in enumerate(logs) if i != j]
    return torch.stack(terms).mean()


@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    """Return SwAV's codes [n, prototypes] for the scores [n, prototypes] of a whole batch.

    Each row is a distribution, and over the batch all prototypes are used alike (Caron et al. 2020, section 3.1).
    """
    # In logarithms: what lies a cosine of 1 below the largest would be exp(-1 / 0.03) of it, and lost beside it.
    codes = scores.float() / epsilon
    for _ in range(iterations):
        codes = codes.log_softmax(dim=0)
        codes = codes.log_softmax(dim=1)
    return codes.exp()


def hinge_discriminator(real: list[Tensor], fake: list[Tensor]) -> Tensor:
    """Return the hinge loss of the discriminator, averaged over heads and places."""
    terms = [F.relu(1 - r.float()).mean() + F.relu(1 + f.float()).mean() for r, f in zip(real, fake, strict=True)]
    return torch.stack(terms).mean()


def hinge_generator(fake: list[Tensor]) -> Tensor:
    """Return the hinge loss of the generator, averaged over heads and places."""
    return torch.stack([-f.float().mean() for f in fake]).mean()


def kl_to_standard_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return the divergence of N(mean, variance) from N(0, 1) in nats, summed over dimensions, averaged over b."""
    nats = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)
    return nats.sum(dim=1).mean()


def pooled_l1(a: Tensor, b: Tensor, pools: tuple[int, ...] = (1, 4, 8)) -> Tensor:
    """Return mean absolute difference of pictures, averaged over several pooled sizes."""
    terms = [F.l1_loss(F.avg_pool2d(a.float(), p), F.avg_pool2d(b.float(), p)) for p in pools]
    return torch.stack(terms).mean()


def feature_distance(a: list[Tensor], b: list[Tensor]) -> Tensor:
    """Return how far two lists of feature maps lie apart, each place scaled to unit length (Zhang et al. 2018)."""
    terms = [
        (F.normalize(x.float(), dim=1) - F.normalize(y.float(), dim=1)).square().sum(dim=1).mean()
        for x, y in zip(a, b, strict=True)
    ]
    return torch.stack(terms).mean()

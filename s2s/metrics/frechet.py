"""The Fréchet distance between two sets of features, as if each were a Gaussian (Heusel et al. 2017). Pure."""

import torch
from torch import Tensor


def frechet_distance(a: Tensor, b: Tensor) -> float:
    """Return |μ_a − μ_b|² + tr(Σ_a + Σ_b − 2 (Σ_a Σ_b)^½) of features [n, d] and [m, d], each of two rows at least.

    From a few hundred rows on it tells runs apart; it still shrinks as n and m grow, so compare like with like.
    """
    assert a.ndim == b.ndim == 2 and a.shape[1] == b.shape[1], f"{tuple(a.shape)} against {tuple(b.shape)}"
    wide_a, wide_b = a.double(), b.double()
    apart = (wide_a.mean(dim=0) - wide_b.mean(dim=0)).square().sum()
    spread_a, spread_b = torch.cov(wide_a.T), torch.cov(wide_b.T)
    # tr (AB)^½ is the sum of the singular values of A^½ B^½, which needs no root of a matrix that is not symmetric.
    shared = torch.linalg.svdvals(_root(spread_a) @ _root(spread_b)).sum()
    return float((apart + spread_a.trace() + spread_b.trace() - 2 * shared).clamp_min(0.0))


def _root(spread: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(spread)
    root: Tensor = vectors * values.clamp_min(0.0).sqrt() @ vectors.T
    return root

"""IC-GAN's instances: neighbours in f_V, conditions, and what is kept of them on disk."""

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from s2s.data.ranks import Rank
from s2s.training.engine.step_context import SampleRng, StepContext
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.inputs.instances import InstanceOptions, Instances, instances_of, others_nearest
from tests.s2s.training.made_up_pictures import coloured_pictures, random_encoder


def sample_rng(count: int) -> SampleRng:
    return SampleRng.whole_batch(torch.Generator().manual_seed(0), count)


def unit(count: int) -> torch.Tensor:
    return F.normalize(torch.rand(count, 8, generator=torch.Generator().manual_seed(0)), dim=1)


def test_neighbours_are_the_nearest_others_nearest_first() -> None:
    features = unit(50)
    distance = torch.cdist(features, features).fill_diagonal_(torch.inf)
    assert torch.equal(others_nearest(features, 5).long(), distance.argsort(dim=1)[:, :5])


def test_a_picture_is_not_its_own_neighbour_even_among_its_likes() -> None:
    features = unit(1).expand(40, -1).contiguous()
    found = others_nearest(features, 10)
    assert not (found == torch.arange(40)[:, None]).any()
    assert all(len(set(row)) == 10 for row in found.tolist())


def test_few_pictures_have_few_neighbours_and_one_has_none() -> None:
    assert others_nearest(unit(3), 50).shape == (3, 2)
    with pytest.raises(ValueError, match="neighbours need two pictures"):
        others_nearest(unit(1), 50)


def test_a_real_pair_is_a_feature_and_any_of_its_neighbours() -> None:
    features = unit(20)
    instances = Instances(features, others_nearest(features, 4))
    places, h = instances.real(sample_rng(4000))
    centres = (h @ features.T).argmax(dim=1)
    assert_close(h, features[centres])
    counts = np.zeros((20, 20), int)
    np.add.at(counts, (centres.numpy(), places), 1)
    for centre, row in enumerate(instances.neighbours.tolist()):
        assert set(np.flatnonzero(counts[centre])) == set(row)
    assert counts.sum(axis=1).min() > 100  # of 200 each in the mean
    assert counts[counts > 0].min() > 20  # of 50


def test_half_of_the_conditions_are_of_mirrored_pictures_where_those_are_held() -> None:
    features = unit(20)
    instances = Instances(features, others_nearest(features, 4), mirrored=-features)
    for h in (instances.real(sample_rng(1000))[1], instances.wanted(sample_rng(1000))):
        turned = (h < 0).any(dim=1)
        assert 400 < int(turned.sum()) < 600
    places, own = instances.own(sample_rng(100))
    assert torch.equal(own, features[places])


def test_ranks_draw_their_share_of_what_one_process_draws() -> None:
    features = unit(20)
    instances = Instances(features, others_nearest(features, 4), mirrored=-features)
    whole = StepContext(3, 0.0, 0).sample_rng(6)
    ranks = [StepContext(3, 0.0, 0, Rank(index, 2)).sample_rng(6) for index in range(2)]
    places, h = instances.real(whole)
    parts = [instances.real(one) for one in ranks]
    assert np.array_equal(places, np.concatenate([part for part, _ in parts]))
    assert torch.equal(h, torch.cat([part for _, part in parts]))
    assert torch.equal(instances.wanted(whole), torch.cat([instances.wanted(one) for one in ranks]))


def test_instances_are_of_the_training_pictures_and_of_them_mirrored(tmp_path: Path) -> None:
    data, encoder = coloured_pictures(), random_encoder()
    instances = instances_of(data, encoder, tmp_path / "new", InstanceOptions(k_nn=3))
    pictures = data.of(data.train)
    assert_close(instances.features, encode_pictures(encoder, pictures))
    assert instances.mirrored is not None
    assert_close(instances.mirrored, encode_pictures(encoder, pictures[:, :, ::-1]))
    assert instances.neighbours.shape == (len(data.train), 3)
    assert instances_of(data, encoder, tmp_path, InstanceOptions(3, mirrored=False)).mirrored is None


def test_instances_are_computed_once_and_others_are_refused(tmp_path: Path) -> None:
    data, encoder = coloured_pictures(), random_encoder()
    first = instances_of(data, encoder, tmp_path, InstanceOptions(k_nn=3))
    (kept,) = tmp_path.iterdir()
    written = kept.stat().st_mtime_ns
    again = instances_of(data, encoder, tmp_path, InstanceOptions(k_nn=3))
    assert torch.equal(first.features, again.features)
    assert kept.stat().st_mtime_ns == written
    for asked in (InstanceOptions(k_nn=4), InstanceOptions(k_nn=3, mirrored=False)):
        with pytest.raises(ValueError, match=r"instances.safetensors holds others .* delete it"):
            instances_of(data, encoder, tmp_path, asked)
    with pytest.raises(ValueError, match="holds others"):
        instances_of(coloured_pictures(20), encoder, tmp_path, InstanceOptions(k_nn=3))

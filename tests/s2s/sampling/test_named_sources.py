"""What a sound is made of, by a bundle that names sources and by one that does not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from s2s import bundle
from s2s.bundle import Bundle
from s2s.models.source_heads import SourceHeads
from s2s.sampling.embed import embed_sound
from s2s.sampling.sources import hear_sound
from tests.fakes import write_tiny_bundle
from tests.rounding import rounding

NOISE = (0.1 * np.random.default_rng(0).standard_normal(16_000)).astype(np.float32)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle.load(write_tiny_bundle(tmp_path_factory.mktemp("models") / "plain"))


def naming(model: Bundle, *logits: float) -> Bundle:
    """Return `model` with heads that hear three things as plainly as told, whatever sounds."""
    torch.manual_seed(0)
    heads = SourceHeads(("rain", "bell", "dog"), 8 * model.audio_encoder.width, model.generator.h_dim, hidden=8)
    with torch.no_grad():
        heads.detect.weight.zero_()
        heads.detect.bias.copy_(torch.tensor(logits))
    return replace(model, source_heads=heads.eval().requires_grad_(False))


def test_a_model_without_heads_gives_the_papers_point_and_no_names(plain: Bundle) -> None:
    hearing = hear_sound(plain, NOISE)
    assert_close(torch.from_numpy(hearing.h)[None], embed_sound(plain, NOISE), **rounding())
    assert hearing.sources == () and hearing.certainty is None


def test_the_likeliest_thing_is_named_and_a_second_only_where_it_is_likely(plain: Bundle) -> None:
    one, two = (hear_sound(naming(plain, *logits), NOISE) for logits in ((-1.0, 2.0, -3.0), (1.0, 2.0, -3.0)))
    assert [source.name for source in one.sources] == ["bell"]
    assert [source.name for source in two.sources] == ["bell", "rain"]
    assert two.sources[1].presence == pytest.approx(0.731, abs=1e-3)


def test_even_what_is_hardly_there_has_a_name_and_little_certainty(plain: Bundle) -> None:
    hearing = hear_sound(naming(plain, -6.0, -5.0, -7.0), NOISE)
    assert [source.name for source in hearing.sources] == ["bell"]
    assert hearing.certainty == pytest.approx(0.0067, abs=1e-3)


def test_each_source_is_a_point_of_the_latent_space(plain: Bundle) -> None:
    for source in hear_sound(naming(plain, 1.0, 2.0, -3.0), NOISE).sources:
        assert source.h.shape == (plain.generator.h_dim,)
        assert float(np.linalg.norm(source.h)) == pytest.approx(1.0, abs=1e-5)
        assert 0.0 <= source.nearness <= 1.0


def by_level(model: Bundle) -> Bundle:
    """Return `model`, which names three things, with heads to which a decibel is a tenth of a logit, alike for all."""
    old = model.source_heads
    assert old is not None
    heads = SourceHeads(old.names, old.map_dim, old.h_dim, old.hidden, by_level=True).eval().requires_grad_(False)
    heads.load_state_dict(old.state_dict(), strict=False)
    heads.of_level.copy_(torch.tensor([0.1, 0.0]))
    heads.near_at_full_scale.fill_(2.0)
    return replace(model, source_heads=heads)


def test_of_a_louder_sound_the_same_thing_is_nearer(plain: Bundle) -> None:
    model = by_level(naming(plain, -1.0, 2.0, -3.0))
    near, far = (hear_sound(model, gain * NOISE).sources[0].nearness for gain in (1.0, 0.1))  # -20 and -40 dBFS
    assert np.log(near / (1.0 - near)) == pytest.approx(0.0, abs=0.05)
    assert np.log(far / (1.0 - far)) == pytest.approx(-2.0, abs=0.05)


def test_of_two_things_neither_is_as_loud_as_both(plain: Bundle) -> None:
    alone = hear_sound(by_level(naming(plain, -1.0, 2.0, -3.0)), NOISE).sources
    two = hear_sound(by_level(naming(plain, 1.0, 2.0, -3.0)), NOISE).sources
    assert len(two) == 2
    logits = [np.log(source.nearness / (1.0 - source.nearness)) for source in (*alone, *two)]
    assert np.subtract(logits[1:], logits[0]) == pytest.approx([-0.301, -0.301], abs=1e-3)


def test_of_a_thing_by_itself_as_much_of_the_whole_sound_is_painted_as_the_model_says(plain: Bundle) -> None:
    alone, two = naming(plain, -1.0, 2.0, -3.0), naming(plain, 1.0, 2.0, -3.0)
    before, beside = hear_sound(alone, NOISE), hear_sound(two, NOISE)
    for model in (alone, two):
        assert model.source_heads is not None
        model.source_heads.whole = 0.75
    after = hear_sound(alone, NOISE)
    towards = 0.25 * before.sources[0].h + 0.75 * before.h
    np.testing.assert_allclose(after.sources[0].h, towards / np.linalg.norm(towards), atol=1e-6)
    # Of two things each is painted after itself: the whole is like both.
    np.testing.assert_array_equal(hear_sound(two, NOISE).sources[0].h, beside.sources[0].h)


def test_sound_that_is_not_mono_is_refused(plain: Bundle) -> None:
    with pytest.raises(ValueError, match=r"expected mono sound \[n\], got shape \(2, 8\)"):
        hear_sound(plain, np.zeros((2, 8), np.float32))


def test_heads_travel_in_a_bundle(plain: Bundle, tmp_path: Path) -> None:
    from s2s.card import SourceHeadsSizes

    model = naming(plain, 1.0, 2.0, -3.0)
    heads = model.source_heads
    assert heads is not None
    sizes = SourceHeadsSizes(names=heads.names, map_dim=heads.map_dim, h_dim=heads.h_dim, hidden=heads.hidden)
    sizes = sizes.model_copy(update={"whole": 0.25})
    card = plain.card.model_copy(update={"source_heads": sizes})
    bundle.save(
        tmp_path / "model",
        card,
        audio_encoder=model.audio_encoder,
        generator=bundle.load_generator(plain.path),  # type: ignore[arg-type]
        image_encoder=bundle.load_image_encoder(plain.path),  # type: ignore[arg-type]
        source_heads=heads,
    )
    again = bundle.load(tmp_path / "model").source_heads
    assert again is not None and again.names == heads.names and again.whole == 0.25
    assert torch.equal(again.detect.bias, heads.detect.bias)


def test_all_names_that_are_likely_are_told_the_likeliest_first(plain: Bundle) -> None:
    likeliest = hear_sound(naming(plain, -1.0, 2.0, -3.0), NOISE).likeliest
    assert [one.name for one in likeliest] == ["bell", "rain", "dog"]
    assert [one.presence for one in likeliest] == pytest.approx([0.881, 0.269, 0.047], abs=1e-3)
    assert hear_sound(plain, NOISE).likeliest == ()

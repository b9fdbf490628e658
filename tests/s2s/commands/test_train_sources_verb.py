"""`python -m s2s train sources --from`: what goes on from other ears hears by their spectrogram."""

from pathlib import Path

import pytest

from s2s.__main__ import main
from s2s.card import read_card, write_card
from s2s.spectrogram_spec import SpectrogramSpec
from tests.fakes import write_tiny_bundle

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize(
    ("options", "spec", "refusal"),
    [
        (["--floor", "1e-12"], None, "tiny hears down to 1e-07; leave the option out"),
        ([], SpectrogramSpec(), "tiny hears by clip normalisation, which cancels nearness"),
        (["--floor", "1e-7"], None, "nowhere"),  # as these ears: the data are looked for
    ],
    ids=["another floor", "another normalisation", "the same floor"],
)
def test_ears_of_another_spectrogram_are_refused_before_the_data_are_read(
    tmp_path: Path,
    options: list[str],
    spec: SpectrogramSpec | None,
    refusal: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bundle = write_tiny_bundle(tmp_path / "tiny")
    if spec is not None:
        write_card(bundle, read_card(bundle).model_copy(update={"spectrogram": spec}))
    places = ["train", "sources", str(tmp_path / "nowhere"), str(tmp_path / "out"), "--image-encoder", str(bundle)]
    assert main([*places, "--from", str(bundle), "--set", "width=4", "--threads", "1", *options]) == 2
    assert refusal in capsys.readouterr().err

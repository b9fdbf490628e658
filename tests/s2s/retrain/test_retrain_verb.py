"""`python -m s2s retrain`: from an evening's films to a model, a page, and a way back."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from s2s import bundle
from s2s.__main__ import main
from s2s.card import read_card
from s2s.evaluate.comparison import GeneratorScores, Verdict, Word
from s2s.media.images import read_image
from s2s.models.memory_generator import MemoryGenerator
from s2s.retrain import finetune, light_painter, place_pictures
from s2s.retrain import run as steps
from s2s.retrain.interpolate import SHARES
from tests.fakes import write_memory_bundle, write_tiny_bundle
from tests.s2s.retrain.lessons import small_world
from tests.s2s.retrain.places import dataset, photograph, sound

pytestmark = pytest.mark.proc

BRIEF = ("--minutes", "5", "--steps", "2", "--workers", "1")
Retrain = Callable[..., int]


@pytest.fixture(scope="module", autouse=True)
def _quick_rehearsal() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        small_world(patch)
        yield


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An evening of twelve films, a tiny model, and OUT after one retraining that was not promoted."""
    root = tmp_path_factory.mktemp("place")
    dataset(root / "evening", 12)
    write_tiny_bundle(root / "tiny")
    with pytest.MonkeyPatch.context() as patch:
        say(patch, "no clear difference")
        assert main(["retrain", str(root / "evening"), str(root / "out"), "--model", str(root / "tiny"), *BRIEF]) == 0
    return root


@pytest.fixture
def there(place: Path, tmp_path: Path) -> Path:
    """A copy of that, for a test to go on with: folder and model are the same, OUT is the test's own."""
    shutil.copytree(place / "out", tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def retrain(place: Path, tmp_path: Path) -> Retrain:
    def retrain(*arguments: object, out: Path = tmp_path / "out", model: Path = place / "tiny") -> int:
        words = ["retrain", str(place / "evening"), str(out), "--model", str(model), *BRIEF]
        return main([*words, *map(str, arguments)])

    return retrain


def say(patch: pytest.MonkeyPatch, word: Word) -> None:
    """Let every comparison end so: what two steps teach a network of random weights is a matter of chance."""
    gain = {"better": 0.1, "worse": -0.1, "no clear difference": 0.0}[word]
    patch.setattr(steps, "compare", lambda *_: Verdict(word, gain, gain - 0.05, gain + 0.05))


def report(out: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((out / "report.json").read_text())
    return summary


def weights(folder: Path) -> bytes:
    return (folder / "audio_encoder.safetensors").read_bytes()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_evening_becomes_a_model_beside_the_old_one(place: Path) -> None:
    out = place / "out"
    assert {path.name for path in out.iterdir()} == {
        "audio-encoder",
        "began.json",
        "before-after.html",
        "cache",
        "candidate",
        "data",
        "model",
        "moments.json",
        "report.json",
        "run.json",
    }
    new = bundle.load(out / "candidate")
    assert new.card.version == "1.venue-1"
    assert new.spec == bundle.load(place / "tiny").spec
    assert new.card.metrics["held-out clips"] == 3.0
    assert {"mean place, before", "mean cosine, after", "L_total, after"} <= new.card.metrics.keys()
    assert (out / "candidate" / "thumbnail.png").exists()
    assert new.memory is not None and new.memory.names[0] == "guest-00.mp4, 0 s"
    assert len(new.memory.names) == 12 and "12 frames are in memory/" in new.card.data
    assert weights(out / "model") == weights(place / "tiny")
    assert report(out)["clips"] == {"train": 6, "val": 3, "test": 3}
    assert report(out)["share"] in SHARES
    assert json.loads((out / "run.json").read_text())["arguments"]["steps"] == 2
    learning = report(out)["learning"]
    assert learning == json.loads((out / "audio-encoder" / "mixed.json").read_text())
    assert learning["steps"] == 0 and all(0.0 <= kept <= 1.0 for kept in learning["kept"])


def test_the_card_tells_where_it_came_from_and_that_nobody_was_asked(place: Path) -> None:
    summary = yaml.safe_load((place / "out" / "candidate" / "model.yaml").read_text())["provenance"]
    assert "from Tiny 1: the audio encoder alone, on 12 recordings, 0.00 hours, of evening." in summary
    assert "No consent note was given." in summary
    assert "Command: `python -m s2s retrain evening out --minutes 5 --steps 2 --seed 0 --model tiny`" in summary
    assert summary.endswith("What it came from: random weights")
    assert str(place) not in summary


def test_a_finished_retraining_is_not_done_again_and_force_promotes_it(
    there: Path, retrain: Retrain, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(steps, "gather", lambda *_, **__: pytest.fail("everything is there"))
    candidate = weights(there / "candidate")
    assert retrain() == 0
    summary = capsys.readouterr().out
    assert "No clear difference" in summary and "not promoted" in summary
    assert 'say with --consent "…" who agreed' in summary
    assert retrain("--force") == 0
    assert "promoted:" in capsys.readouterr().out
    assert weights(there / "model") == candidate
    assert read_card(there / "previous").version == "1"
    assert report(there)["forced"] is True
    assert retrain() == 0


@pytest.mark.parametrize(("word", "version"), [("better", "1.venue-1"), ("worse", "1")])
def test_only_what_is_better_is_played(
    word: Word, version: str, there: Path, retrain: Retrain, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    say(monkeypatch, word)
    (there / "report.json").unlink()
    assert retrain() == 0
    assert f"The new model is {word}." in capsys.readouterr().out
    assert read_card(there / "model").version == version
    assert f"The new model is {word}." in (there / "before-after.html").read_text()


def test_one_step_back(there: Path, retrain: Retrain, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["retrain", "--rollback", str(there)]) == 2
    assert "nothing to roll back to" in capsys.readouterr().err
    old = contents(there / "model")
    assert retrain("--force") == 0
    assert contents(there / "model") != old
    assert main(["retrain", "--rollback", str(there)]) == 0
    assert "is Tiny 1 again" in capsys.readouterr().out
    assert contents(there / "model") == old and read_card(there / "model").version == "1"
    assert read_card(there / "previous").version == "1.venue-1"


@pytest.mark.parametrize(
    "step", ["gather", "promote", *(pytest.param(step, marks=pytest.mark.slow) for step in ("assemble", "_compare"))]
)
def test_a_kill_between_two_steps_costs_nothing_that_was_done(
    step: str, there: Path, retrain: Retrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clips are prepared and heard already, and whoever prepares them again fails; what is taught is the same."""
    say(monkeypatch, "better")
    for name in ("report.json", "run.json", "before-after.html"):
        (there / name).unlink()
    shutil.rmtree(there / "candidate")
    taught = (there / "audio-encoder" / "mixed.safetensors").read_bytes()
    with monkeypatch.context() as patch:

        def dies(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(steps, step, dies)
        assert retrain() == 130
    monkeypatch.setattr("s2s.retrain.dataset._prepared", dies)
    assert retrain() == 0
    assert read_card(there / "model").version == "1.venue-1"
    assert weights(there / "model") == taught
    assert report(there)["promoted"] is True


def test_more_steps_are_more_steps_at_most(there: Path, retrain: Retrain) -> None:
    assert retrain("--steps", 10) == 0
    assert report(there)["learning"]["steps"] in (0, 5, 10)
    assert report(there)["asked"]["steps"] == 10


def test_forgetting_leaves_no_sound_and_no_spectrogram_and_never_touches_the_folder(
    there: Path, retrain: Retrain, place: Path
) -> None:
    before = {path: path.read_bytes() for path in (place / "evening").iterdir()}
    assert retrain("--forget", "--steps", 3) == 0
    assert not (there / "data").exists() and not (there / "cache").exists()
    assert {path.suffix for path in there.rglob("*") if path.is_file()} <= {
        ".json",
        ".jsonl",
        ".html",
        ".yaml",
        ".safetensors",
        ".pt",
        ".png",
    }
    assert {path: path.read_bytes() for path in (place / "evening").iterdir()} == before
    assert len(before) == 12


def test_copies_are_forgotten_before_training_begins(
    there: Path, retrain: Retrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looks(*_: object) -> None:
        assert (there / "cache" / "pairs").exists() and not (there / "data").exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(finetune, "finetune_audio_encoder", looks)
    assert retrain("--forget", "--steps", 3) == 130
    monkeypatch.undo()
    assert retrain("--forget", "--steps", 3) == 0  # the films are not needed any more


def test_a_consent_note_goes_into_the_bundle(there: Path, retrain: Retrain, capsys: Any) -> None:
    assert retrain("--steps", 3, "--consent", "Signs at both doors,\n  asked by the staff") == 0
    summary = read_card(there / "candidate").provenance
    assert "Consent note: Signs at both doors, asked by the staff." in summary
    assert "Signs at both doors" in (there / "before-after.html").read_text()
    assert "no consent note" not in capsys.readouterr().out


def test_sounds_and_photographs_are_an_evening_too(place: Path, tmp_path: Path) -> None:
    folder = tmp_path / "evening"
    for number in range(10):
        sound(folder / f"guest{number:02d}.wav")
        photograph(folder / "photos" / f"guest{number:02d}-1.jpg", 20 * number)
        photograph(folder / "photos" / f"guest{number:02d}-2.jpg", 20 * number + 10)
    words = ["retrain", folder, tmp_path / "out", "--model", place / "tiny", *BRIEF]
    assert main([str(word) for word in words]) == 0
    summary = report(tmp_path / "out")
    assert summary["recordings"] == 10
    assert summary["clips"] == {"train": 4, "val": 3, "test": 3}


def test_few_pictures_leave_the_generator_as_it_is(there: Path, retrain: Retrain, caplog: Any) -> None:
    assert retrain("--generator") == 0
    assert "the generator stays as it is: 24 pictures to learn from, at least 500 are needed" in caplog.text
    assert not (there / "generator").exists()


def test_a_light_generator_is_fine_tuned_where_there_are_pictures_and_not_taken_where_it_is_no_better(
    there: Path, retrain: Retrain, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(light_painter, "FEWEST_PICTURES", 20)
    monkeypatch.setattr(GeneratorScores, "is_better_than", lambda *_: False)
    assert retrain("--generator") == 0
    painted, before = (
        (folder / "generator.safetensors").read_bytes() for folder in (there / "candidate", place / "tiny")
    )
    assert painted == before
    assert "the audio encoder alone" in read_card(there / "candidate").provenance
    assert report(there)["generators"].keys() == {"before", "after"}


def test_a_memory_takes_the_evenings_pictures_among_its_moments_where_it_paints_better_then(
    retrain: Retrain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place_pictures, "FEWEST", 9)
    monkeypatch.setattr(GeneratorScores, "is_better_than", lambda *_: True)
    remembering = write_memory_bundle(tmp_path / "remembering", pairs=16)
    assert retrain("--generator", model=remembering) == 0
    old, new = bundle.load(remembering), bundle.load(tmp_path / "out" / "candidate")
    # Nine of twelve films are learnt from or stopped by; what is held out is not among the moments.
    assert new.card.generator.model_dump() == {
        **old.card.generator.model_dump(),
        "entries": old.card.generator.model_dump()["entries"] + 9,
        "of_place": 9,
    }
    assert isinstance(old.generator, MemoryGenerator) and isinstance(new.generator, MemoryGenerator)
    torch.testing.assert_close(new.generator.keys[:-9], old.generator.keys, atol=1e-3, rtol=0)  # half precision
    assert "9 pictures of the place are codes in the generator" in new.card.data
    assert read_image(tmp_path / "out" / "candidate" / "still.png").shape == (32, 64, 3)
    assert "the audio encoder and the generator" in new.card.provenance


def test_a_memory_is_not_taught_where_no_picture_of_the_place_may_stay(
    retrain: Retrain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert retrain("--generator", "--forget", model=write_memory_bundle(tmp_path / "remembering")) == 2
    assert "--generator keeps pictures of the place in the model" in capsys.readouterr().err


def test_too_few_recordings_are_one_line_and_exit_code_2(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset(tmp_path / "short", 2)
    words = ["retrain", tmp_path / "short", tmp_path / "out", "--model", place / "tiny", *BRIEF]
    assert main([str(word) for word in words]) == 2
    error = capsys.readouterr().err
    assert "holds 2 recordings that can be used; at least 10 are needed" in error
    assert error.count("\n") == 1


def test_a_silent_evening_is_one_line_that_says_so(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset(tmp_path / "silent", 10, level=0.0)
    words = ["retrain", tmp_path / "silent", tmp_path / "out", "--model", place / "tiny", *BRIEF]
    assert main([str(word) for word in words]) == 2
    error = capsys.readouterr().err
    assert "0 recordings to learn from can be used" in error
    assert "10 cannot, 10 of them for one reason: it is silent: no second reaches -60 dB of full scale" in error


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["{place}/nowhere", "{out}"], "nowhere: no such folder; expected one that holds films"),
        (["{place}/evening", "{place}/evening/out"], "must be apart"),
        (["{place}/evening", "{place}"], "must be apart"),
        (["{place}/evening", "{out}", "--model", "{place}/nowhere"], "nowhere: no such model folder"),
        (["{place}/evening"], "expected FOLDER and OUT, or --rollback OUT"),
        (["{place}/evening", "--rollback", "{out}"], "--rollback OUT takes no FOLDER"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: list[str], reason: str, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = [] if "--model" in arguments else ["--model", str(place / "tiny")]
    words = [word.format(place=place, out=tmp_path / "out") for word in arguments]
    assert main(["retrain", *words, *model]) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("words", [("--minutes", "0"), ("--minutes", "inf"), ("--consent", " "), ("--steps", "0")])
def test_options_that_make_no_sense_are_refused(words: tuple[str, ...], retrain: Retrain) -> None:
    with pytest.raises(SystemExit) as exit_code:
        retrain(*words)
    assert exit_code.value.code == 2


def test_another_retraining_in_the_same_out_is_refused_until_it_begins_anew(
    there: Path, retrain: Retrain, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert retrain("--seed", 1) == 2
    assert "holds a retraining with seed 0, asked for is 1" in capsys.readouterr().err
    assert retrain("--force") == 0
    assert retrain("--seed", 1, "--restart", model=there / "model") == 0
    assert read_card(there / "candidate").version == "1.venue-2"
    assert read_card(there / "previous").version == "1"


def test_a_generator_of_the_published_kind_is_not_fine_tuned(
    retrain: Retrain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    say(monkeypatch, "worse")
    published = write_published(tmp_path / "published")
    assert retrain("--generator", model=published) == 2
    said = capsys.readouterr().err
    assert "paints with the architecture biggan" in said and "/latent/memory" in said
    assert retrain(model=published) == 0
    new = bundle.load(tmp_path / "out" / "candidate")
    assert new.spec.normalisation == "clip"
    assert new.card.generator.architecture == "biggan"


def write_published(folder: Path) -> Path:
    """Write a bundle of the published architectures, as narrow as they come."""
    import torch

    from s2s.card import AudioEncoderSizes, BigGanSizes, ModelCard, SwavSizes
    from s2s.models.registry import build
    from s2s.spectrogram_spec import SpectrogramSpec

    card = ModelCard(
        name="Published",
        version="1",
        licence="none",
        provenance="random weights",
        data="none",
        spectrogram=SpectrogramSpec(),
        audio_encoder=AudioEncoderSizes(width=4, embedding_dim=128),
        generator=BigGanSizes(resolution=64, channels=4, z_dim=20, h_dim=128, shared_dim=8),
        image_encoder=SwavSizes(width=4),
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        assert card.image_encoder is not None
        networks = [build(sizes) for sizes in (card.audio_encoder, card.generator, card.image_encoder)]
    audio_encoder, generator, image_encoder = networks
    bundle.save(folder, card, audio_encoder=audio_encoder, generator=generator, image_encoder=image_encoder)
    return folder

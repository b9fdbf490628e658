"""`--set NAME=VALUE`: what a stage's settings take from words, and what one line says of what they do not."""

from dataclasses import dataclass, replace

import pytest

from s2s.__main__ import main
from s2s.commands.settings import settings_of
from s2s.training.augment.spectrogram_augment import NO_AUGMENTATION
from s2s.training.stages.audio_encoder import AudioEncoderSettings
from s2s.training.stages.image_encoder import ImageEncoderSettings


@dataclass(frozen=True)
class Word:
    text: str = ""


def test_without_a_word_settings_are_the_stages_own() -> None:
    assert settings_of(AudioEncoderSettings, []) == AudioEncoderSettings()


def test_numbers_are_read_as_numbers() -> None:
    settings = settings_of(AudioEncoderSettings, ["width=32", "learning_rate=3e-4", "temperature=1"])
    assert settings == AudioEncoderSettings(width=32, learning_rate=3e-4, temperature=1.0)


def test_words_need_no_quotes_and_may_have_some() -> None:
    plain = settings_of(AudioEncoderSettings, ["loss=nce", "schedule=cosine"])
    assert plain == settings_of(AudioEncoderSettings, ['loss="nce"', 'schedule="cosine"'])
    assert (plain.loss, plain.schedule) == ("nce", "cosine")
    assert settings_of(Word, ["text=a=b"]).text == "a=b"


def test_a_range_is_a_list() -> None:
    assert settings_of(ImageEncoderSettings, ["large_area=[0.5, 1]"]).large_area == (0.5, 1.0)


def test_the_last_word_counts() -> None:
    assert settings_of(AudioEncoderSettings, ["width=8", "width=16"]).width == 16


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no setting 'widht'; known: .*temperature, weight_decay, width"):
        settings_of(AudioEncoderSettings, ["widht=8"])


def test_the_nearest_name_is_suggested_where_one_is_near() -> None:
    with pytest.raises(ValueError, match=r"width\. Did you mean width\?$"):
        settings_of(AudioEncoderSettings, ["widht=8"])
    with pytest.raises(ValueError, match=r", width$"):
        settings_of(AudioEncoderSettings, ["zzz=8"])


@pytest.mark.parametrize(
    ("command", "listed"),
    [
        (["train", "audio-encoder"], ["width=64", "loss=total", "augmentation.gain_db=[-12.0, 10.0]"]),
        (["train", "audio-encoder", "--augmentation", "none"], ["augmentation.tilt_db=0.0"]),
        (["train", "sources"], ["columns=512", "mixing.share="]),
        (["train", "generator", "--recipe", "icgan"], ["discriminator_lr="]),
        (["ablate"], ["steps=400", "schedule=cosine"]),
        (["evaluate"], ["steps=400"]),
    ],
    ids=" ".join,
)
def test_help_lists_what_there_is_to_set_and_asks_for_nothing_else(
    command: list[str], listed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*command, "--set", "help"])
    assert caught.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(any(line.startswith(start) for line in lines) for start in listed)
    assert not any("augmentation=" in line for line in lines)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("width=wide", "setting width: .*valid integer.*got 'wide'"),
        ("width=4.5", "setting width: .*valid integer.*got 4.5"),
        ("width", "setting width: .*valid integer.*got ''"),
        ("loss=triplet", "setting loss: .*'total', 'nce' or 'l2'.*got 'triplet'"),
        ("temperature=null", "setting temperature: .*valid number.*got None"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_with_what_was_expected(word: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        settings_of(AudioEncoderSettings, [word])


@pytest.mark.parametrize("word", ["large_area=[0.5]", "large_area=0.5", "large_area=[0.5, high]"])
def test_a_range_needs_both_its_ends(word: str) -> None:
    with pytest.raises(ValueError, match="setting large_area"):
        settings_of(ImageEncoderSettings, [word])


def test_what_an_option_decides_no_word_can_set() -> None:
    assert settings_of(AudioEncoderSettings, [], augmentation=NO_AUGMENTATION).augmentation is NO_AUGMENTATION
    with pytest.raises(ValueError, match="no setting 'augmentation'"):
        settings_of(AudioEncoderSettings, ["augmentation=still"], augmentation=NO_AUGMENTATION)


def test_settings_within_settings_are_given_part_by_part() -> None:
    words = ["augmentation.gain_db=[-3, 3]", "width=8", "augmentation.tilt_db=2"]
    settings = settings_of(AudioEncoderSettings, words, augmentation=NO_AUGMENTATION)
    assert settings == AudioEncoderSettings(
        width=8, augmentation=replace(NO_AUGMENTATION, gain_db=(-3.0, 3.0), tilt_db=2.0)
    )


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("augmentation.loud=1", "no setting 'augmentation.loud'; known: .*augmentation.tilt_db"),
        ("augmentation.tilt_db=steep", "setting augmentation.tilt_db: .*valid number.*got 'steep'"),
    ],
)
def test_a_part_that_is_off_is_named(word: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        settings_of(AudioEncoderSettings, [word], augmentation=NO_AUGMENTATION)

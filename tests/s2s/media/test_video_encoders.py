"""An encoder is taken when it has made a picture, and what is not taken is said with its reason."""

import pytest

from s2s.media.video_encoders import HARDWARE, X264, Encoder, choose, trial

SIZE = (64, 36)


class Machine:
    """Stands for a machine: the reasons why encoders do not work on it, by name."""

    def __init__(self, **reasons: str) -> None:
        self.reasons, self.tried = reasons, list[str]()

    def attempt(self, encoder: Encoder, _size: tuple[int, int], _fps: float) -> str:
        self.tried.append(encoder.name)
        return self.reasons.get(encoder.name, "not in this FFmpeg")


def test_the_first_that_works_is_taken_and_no_other_tried() -> None:
    machine = Machine(h264_nvenc="no such device", h264_qsv="")
    choice = choose(SIZE, 30.0, attempt=machine.attempt)
    assert choice.encoder.name == "h264_qsv"
    assert machine.tried == ["h264_nvenc", "h264_videotoolbox", "h264_qsv"]
    assert choice.words == "h264_qsv (h264_nvenc: no such device; h264_videotoolbox: not in this FFmpeg)"


def test_where_none_works_it_is_x264_with_every_reason() -> None:
    machine = Machine(h264_nvenc="Cannot load libcuda.so.1")
    choice = choose(SIZE, 30.0, attempt=machine.attempt)
    assert choice.encoder is X264
    assert machine.tried == [encoder.name for encoder in HARDWARE]
    assert choice.words.startswith("libx264 (h264_nvenc: Cannot load libcuda.so.1; ")


@pytest.mark.parametrize("fps", [10.0, 29.97, 60.0])
def test_x264_passes_the_trial_that_the_others_have_to_pass(fps: float) -> None:
    assert trial(X264, SIZE, fps) == ""


def test_an_encoder_that_is_not_there_or_cannot_be_set_up_is_a_reason_and_no_error() -> None:
    assert trial(Encoder("h264_of_tomorrow"), SIZE, 30.0) == "not in this FFmpeg"
    assert trial(Encoder("libx264", pixel_format="yuv999p"), SIZE, 30.0) != ""


def test_who_knows_no_quality_is_told_a_rate_that_goes_with_the_pictures() -> None:
    assert all(encoder.by_rate or encoder.options for encoder in HARDWARE)

"""f_A over running sound answers what the whole pass answers, after any moves and for as long as it runs."""

import pytest
import torch
from torch import Tensor, nn

from s2s.models.audio_encoder import AudioEncoder
from s2s.models.streaming_audio_encoder import COLUMNS_A_STEP, StreamingAudioEncoder, Window, plan_update

_BINS = 65


@pytest.fixture(scope="module")
def net() -> AudioEncoder:
    """An encoder whose batch statistics are not those of a fresh one."""
    torch.manual_seed(0)
    encoder = AudioEncoder(4, 16).eval().requires_grad_(False)
    for module in encoder.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0.0, 0.2)  # type: ignore[arg-type]
            nn.init.uniform_(module.running_var, 0.5, 1.5)  # type: ignore[arg-type]
            nn.init.normal_(module.bias, 0.0, 0.2)
    return encoder


def running_sound(columns: int) -> Tensor:
    return torch.randn(1, 1, _BINS, columns, generator=torch.Generator().manual_seed(1))


def assert_same(streamed: Tensor, whole: Tensor) -> None:
    assert streamed.shape == whole.shape
    assert (streamed - whole).abs().max() <= 1e-4 * whole.abs().max()


@pytest.mark.parametrize("num_frames", [420, 1004])
def test_a_window_that_slides_has_the_map_of_a_whole_pass(net: AudioEncoder, num_frames: int) -> None:
    sound, encoder = running_sound(num_frames + 40 * COLUMNS_A_STEP), StreamingAudioEncoder(net, num_frames)
    for steps in (0, 1, 2, 3, 5, 6, 13, 40):
        end = num_frames + steps * COLUMNS_A_STEP
        clip = sound[..., end - num_frames : end]
        assert_same(encoder.features(clip, end), net.features(clip))


def test_hundreds_of_steps_bring_no_error_that_grows(net: AudioEncoder) -> None:
    num_frames, period, steps = 260, 64 * COLUMNS_A_STEP, 600
    again_and_again, encoder = running_sound(period).repeat(1, 1, 1, 2), StreamingAudioEncoder(net, num_frames)
    for step in range(steps):
        at = step * COLUMNS_A_STEP % period
        clip = again_and_again[..., at : at + num_frames]
        streamed = encoder.features(clip, num_frames + step * COLUMNS_A_STEP)
    assert_same(streamed, net.features(clip))


@pytest.mark.parametrize("end", [999, 420 + 2000, 420 - COLUMNS_A_STEP])
def test_a_window_that_did_not_move_by_whole_steps_is_heard_whole(net: AudioEncoder, end: int) -> None:
    encoder = StreamingAudioEncoder(net, 420)
    encoder.features(running_sound(420), 420)
    other = running_sound(840)[..., 420:]
    assert_same(encoder.features(other, end), net.features(other))


def test_after_a_gap_nothing_of_the_sound_before_is_left(net: AudioEncoder) -> None:
    encoder = StreamingAudioEncoder(net, 420)
    encoder.features(running_sound(420), 420)
    encoder.reset()
    other = running_sound(840)[..., 420:]
    assert_same(encoder.features(other, 420 + COLUMNS_A_STEP), net.features(other))


def test_a_step_of_a_third_of_a_second_leaves_most_of_every_map_alone(net: AudioEncoder) -> None:
    pieces = [piece.windows for piece in StreamingAudioEncoder(net, 1004)._pieces]
    plans = plan_update(pieces, 1004, COLUMNS_A_STEP)
    assert [plan.length for plan in plans] == [251, 251, 251, 126, 126, 63, 63, 32, 32]
    assert all(plan.left + plan.length - plan.right < 0.5 * plan.length for plan in plans)
    assert plans[0].left + plans[0].length - plans[0].right < 0.05 * plans[0].length


def test_a_move_by_part_of_a_column_of_the_last_map_is_refused() -> None:
    with pytest.raises(ValueError, match="a move by a multiple of 4 columns, got 6"):
        plan_update([(Window(7, 2), Window(3, 2))], 100, 6)


def test_the_network_itself_is_left_as_it_was(net: AudioEncoder) -> None:
    before = {key: value.clone() for key, value in net.state_dict().items()}
    StreamingAudioEncoder(net, 420).features(running_sound(420), 420)
    after = net.state_dict()
    assert all(torch.equal(after[key], value) for key, value in before.items())

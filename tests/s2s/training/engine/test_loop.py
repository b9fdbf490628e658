"""The loop, by a stage of three weights: what it logs, keeps and refuses, and what a killed run comes to."""

import io
import json
import logging
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from s2s.training.engine import checkpoint
from s2s.training.engine.checkpoint import TrainState
from s2s.training.engine.loop import RunLength, RunPlan, train
from tests.s2s.training import rank_program
from tests.s2s.training.launch import PROGRAM, log_of, started, tensors_in, tensors_of
from tests.s2s.training.toy_stage import ToyStage, ticking
from tests.waiting import wait_until

NAN = float("nan")


def run(out: Path, stage: ToyStage | None = None, steps: int = 4, step_s: float = 0.0, **how: Any) -> ToyStage:
    """Train to the end; `how` goes to the plan, the length or the settings, whichever knows the name."""
    stage = stage or ToyStage()
    length = {name: how.pop(name) for name in list(how) if name in RunLength.__dataclass_fields__}
    plan = {name: how.pop(name) for name in list(how) if name in RunPlan.__dataclass_fields__}
    train(stage, RunPlan(out, RunLength(steps, **length), **plan), how, ticking(step_s))
    return stage


def same(a: ToyStage, b: ToyStage) -> bool:
    states = dict(tensors_in(a.state_dict())), dict(tensors_in(b.state_dict()))
    return states[0].keys() == states[1].keys() and all(
        torch.equal(states[0][key], states[1][key]) for key in states[0]
    )


def test_lines_of_the_log_are_means_since_the_last_one(tmp_path: Path) -> None:
    says = {step: {"loss": float(step), "more": 1.0} for step in range(1, 8)}
    run(tmp_path, ToyStage(says=says, validates={}), steps=7, log_every=3)
    assert log_of(tmp_path) == [
        {"step": 3, "loss": 2.0, "more": 1.0},
        {"step": 6, "loss": 5.0, "more": 1.0},
        {"step": 7, "loss": 7.0, "more": 1.0},
    ]


def test_what_only_some_steps_tell_is_the_mean_of_those(tmp_path: Path) -> None:
    says = {1: {"loss": 1.0}, 2: {"loss": 2.0, "late": 5.0}, 3: {"loss": 3.0, "late": 7.0}}
    run(tmp_path, ToyStage(says=says, validates={}), steps=3, log_every=3)
    assert log_of(tmp_path) == [{"step": 3, "loss": 2.0, "late": 6.0}]


def test_a_resumed_run_carries_on_with_half_a_mean(tmp_path: Path) -> None:
    class Stopped(ToyStage):
        def step(self, ctx: Any) -> dict[str, float]:
            if ctx.step == 5:
                raise KeyboardInterrupt
            return super().step(ctx)

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "a", Stopped(), 8, 1.0, log_every=4, save_every_s=1.0)
    run(tmp_path / "a", steps=8, step_s=1.0, log_every=4)
    run(tmp_path / "b", steps=8, step_s=1.0, log_every=4)
    assert log_of(tmp_path / "a") == log_of(tmp_path / "b")


def test_it_learns_and_validates_beside_its_lines(tmp_path: Path) -> None:
    run(tmp_path, steps=300, validate_every=2, log_every=100)
    validated = [line["val_loss"] for line in log_of(tmp_path) if "val_loss" in line]
    assert len(validated) == 150
    assert validated[-1] < validated[0] / 2
    assert all("val_furthest" in line for line in log_of(tmp_path) if "val_loss" in line)


def test_every_step_is_told_its_number_how_much_is_over_and_the_seed(tmp_path: Path) -> None:
    stage = run(tmp_path, steps=4, seed=3)
    assert [(ctx.step, ctx.progress, ctx.seed) for ctx in stage.turns] == [
        (0, 0.0, 3),
        (1, 0.25, 3),
        (2, 0.5, 3),
        (3, 0.75, 3),
    ]


def test_minutes_end_a_run_as_steps_do(tmp_path: Path) -> None:
    stage = run(tmp_path, steps=100, step_s=30.0, minutes=2)
    assert [ctx.progress for ctx in stage.turns] == [0.0, 0.25, 0.5, 0.75]


@pytest.mark.parametrize("what", [{"steps": 0}, {"minutes": 0}, {"minutes": NAN}, {"patience": -1}, {"log_every": 0}])
def test_a_length_that_is_none_is_refused(what: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"at least one step|counts of steps"):
        RunLength(**{"steps": 1, **what})


def test_what_a_run_is_run_with_stands_in_its_folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        run(tmp_path, stage_name="toy", folder=Path("pictures"), channels=(1, 2))
    told = json.loads((tmp_path / "run.json").read_text())
    assert (told["stage_name"], told["folder"], told["channels"], told["ranks"]) == ("toy", "pictures", [1, 2], 1)
    assert told["length"]["steps"] == 4
    assert told["versions"]["torch"] == torch.__version__
    assert any("loss: floor 0.000, ceiling" in line for line in caplog.messages)


def test_a_value_that_is_not_finite_stops_the_run_and_keeps_what_broke_it(tmp_path: Path) -> None:
    stage = ToyStage(says={3: {"fine": 1.0, "loss": NAN}})
    with pytest.raises(FloatingPointError, match=r"step 3: loss is not finite; .*broken\.pt holds the batch"):
        run(tmp_path, stage, step_s=1.0, save_every_s=1.0)
    broken = torch.load(tmp_path / "broken.pt", weights_only=True)
    assert broken["step"] == 3
    assert torch.equal(broken["batch"]["x"], stage.last_batch()["x"])
    assert torch.equal(broken["stage"]["net"]["1.weight"], stage.net[1].get_parameter("weight"))
    _, train_state = checkpoint.load(tmp_path / "checkpoint.pt")
    assert train_state.step == 2


def test_a_loss_that_is_not_finite_where_it_is_validated_stops_the_run_too(tmp_path: Path) -> None:
    with pytest.raises(FloatingPointError, match="step 2: val_loss is not finite"):
        run(tmp_path, ToyStage(validates={2: {"loss": NAN}}), validate_every=2)


def test_patience_ends_a_run_that_gets_no_better_and_its_best_weights_come_back(tmp_path: Path) -> None:
    losses = {2: 3.0, 4: 1.0, 6: 2.0, 8: 1.0, 10: 0.5}
    stage = ToyStage(validates={step: {"loss": loss} for step, loss in losses.items()})
    run(tmp_path, stage, steps=20, validate_every=2, patience=2)
    assert [ctx.step for ctx in stage.turns] == list(range(8))
    assert same(stage, run(tmp_path / "four", ToyStage(validates={}), steps=4, minutes=1e9))


def test_without_anything_held_out_the_last_weights_stay_and_patience_has_no_say(tmp_path: Path) -> None:
    stage = run(tmp_path, ToyStage(validates={}), steps=6, validate_every=1, patience=1)
    assert len(stage.turns) == 6
    assert not (tmp_path / "best.pt").exists()


def test_the_last_step_is_validated_in_any_case(tmp_path: Path) -> None:
    run(tmp_path, steps=5, validate_every=4)
    assert [line["step"] for line in log_of(tmp_path) if "val_loss" in line] == [4, 5]


def test_sheets_are_kept_by_step_and_the_newest_by_name(tmp_path: Path) -> None:
    run(tmp_path, steps=5, sheet_every=2, validate_every=5)
    assert sorted(path.name for path in tmp_path.glob("sheet*")) == [
        "sheet-0000002.png",
        "sheet-0000004.png",
        "sheet-0000005.png",
        "sheet.png",
    ]
    with Image.open(tmp_path / "sheet.png") as newest:
        assert np.array(newest).max() == 5


def test_a_finished_run_is_loaded_and_nothing_is_done_again(tmp_path: Path) -> None:
    losses = {2: {"loss": 1.0}, 4: {"loss": 2.0}}
    first = run(tmp_path, ToyStage(validates=losses), validate_every=2)
    before = (tmp_path / "log.jsonl").read_bytes()
    (tmp_path / "sheet.png").unlink()
    again = run(tmp_path, ToyStage(validates=losses), validate_every=2)
    assert (tmp_path / "log.jsonl").read_bytes() == before
    assert (again.turns, (tmp_path / "sheet.png").exists()) == ([], False)
    assert same(first, again)


def test_a_longer_run_goes_on_from_the_last_weights_not_the_best(tmp_path: Path) -> None:
    losses = {2: {"loss": 1.0}, 4: {"loss": 2.0}, 6: {"loss": 0.5}}
    run(tmp_path / "a", ToyStage(validates=losses), validate_every=2, steps=4)
    longer = run(tmp_path / "a", ToyStage(validates=losses), validate_every=2, steps=6)
    assert [ctx.step for ctx in longer.turns] == [4, 5]
    assert same(longer, run(tmp_path / "b", ToyStage(validates=losses), validate_every=2, steps=6))


def test_a_run_killed_while_it_ended_does_not_end_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    how: dict[str, Any] = {"steps": 5, "step_s": 1.0, "save_every_s": 1.0, "log_every": 3}

    def stopped(_stage: ToyStage) -> None:
        raise KeyboardInterrupt  # no signal: whoever starts the tests in the background has it ignored

    with monkeypatch.context() as patch:
        patch.setattr(ToyStage, "sheet", stopped)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "a", **how)
    run(tmp_path / "a", **how)
    run(tmp_path / "b", **how)
    assert log_of(tmp_path / "a") == log_of(tmp_path / "b")
    assert [line["step"] for line in log_of(tmp_path / "a")] == [3, 5, 5]


def test_a_folder_of_a_run_with_other_settings_is_refused_by_the_setting(tmp_path: Path) -> None:
    run(tmp_path, rate=0.1)
    with pytest.raises(
        ValueError, match=r"other settings \(rate 0\.1, now 0\.2\): choose another folder, or --restart"
    ):
        run(tmp_path, rate=0.2)
    with pytest.raises(ValueError, match="seed 0, now 1"):
        run(tmp_path, rate=0.1, seed=1)


def test_settings_are_named_before_weights_that_fit_no_network_of_theirs(tmp_path: Path) -> None:
    run(tmp_path, ToyStage(width=3), width=3)
    with pytest.raises(ValueError, match="width 3, now 2"):
        run(tmp_path, ToyStage(width=2), width=2)


def test_weights_of_another_make_are_one_clear_error(tmp_path: Path) -> None:
    run(tmp_path, ToyStage(width=3))
    with pytest.raises(ValueError, match=r"checkpoint\.pt does not fit this stage .*size mismatch"):
        run(tmp_path, ToyStage(width=2))


def test_resuming_demands_a_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no checkpoint to resume from"):
        run(tmp_path / "new", resume=True)
    assert not (tmp_path / "new").exists()
    run(tmp_path / "new")
    assert run(tmp_path / "new", steps=6, resume=True).num_steps == 6


def test_restarting_begins_anew_with_whatever_settings(tmp_path: Path) -> None:
    run(tmp_path, rate=0.1, steps=6, sheet_every=2)
    (tmp_path / "broken.rank-1.pt").touch()
    again = run(tmp_path, rate=0.2, steps=3, restart=True)
    assert [ctx.step for ctx in again.turns] == [0, 1, 2]
    assert {line["step"] for line in log_of(tmp_path)} == {3}
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"best.pt", "checkpoint.pt", "log.jsonl", "run.json", "sheet.png", "sheet-0000003.png"}


def test_a_run_is_not_resumed_and_begun_anew_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not both"):
        RunPlan(tmp_path, RunLength(1), resume=True, restart=True)


def damaged(path: Path) -> list[bytes]:
    """Return ways in which a checkpoint may come back from a bad disk."""
    whole = path.read_bytes()
    rng = random.Random(0)
    bad = [b"", b"no checkpoint\n", whole[: len(whole) // 2], whole[:-1], b"\0" * len(whole)]
    for _ in range(60):
        changed = bytearray(whole)
        for place in rng.choices(range(len(whole)), k=rng.choice((1, 8))):
            changed[place] ^= rng.randrange(1, 256)
        bad.append(bytes(changed))
    return bad


def test_a_damaged_checkpoint_is_one_clear_error(tmp_path: Path) -> None:
    run(tmp_path)
    path = tmp_path / "checkpoint.pt"
    whole = dict(tensors_in(checkpoint.load(path)[0]))
    num_refused = 0
    for content in damaged(path):
        path.write_bytes(content)
        try:
            state, _ = checkpoint.load(path)
        except ValueError as error:
            assert str(error).startswith(f"{path} is no checkpoint of a run")
            assert "\n" not in str(error)
            num_refused += 1
        else:  # what was hit was padding
            assert all(torch.equal(value, whole[name]) for name, value in tensors_in(state))
    assert num_refused > 20
    path.write_bytes(b"no checkpoint\n")
    with pytest.raises(ValueError, match=r"checkpoint\.pt is no checkpoint of a run .*: delete it"):
        run(tmp_path)


def test_a_weight_that_is_off_by_one_bit_is_noticed(tmp_path: Path) -> None:
    weight = run(tmp_path).net[1].get_parameter("weight")
    path = tmp_path / "checkpoint.pt"
    content = bytearray(path.read_bytes())
    content[content.index(weight.detach().numpy().tobytes())] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"is no checkpoint of a run \(.*data/\d+ is damaged\)"):
        checkpoint.load(path)


@pytest.mark.parametrize("other", [torch.zeros(3), [1], 5, {"stage": {}}, {"stage": {}, "standing": {"steps": 1}}])
def test_a_file_of_something_else_is_no_checkpoint(tmp_path: Path, other: Any) -> None:
    torch.save(other, tmp_path / "checkpoint.pt")
    with pytest.raises(ValueError, match="is no checkpoint of a run"):
        checkpoint.load(tmp_path / "checkpoint.pt")


def test_a_checkpoint_comes_back_as_it_was(tmp_path: Path) -> None:
    train_state = TrainState(7, 1.5, 0.25, 5, 2, 6, 4, {"loss": 3.0}, {"loss": 2})
    checkpoint.save(tmp_path / "checkpoint.pt", {"w": torch.arange(3)}, train_state)
    state, found = checkpoint.load(tmp_path / "checkpoint.pt")
    assert found == train_state
    assert torch.equal(state["w"], torch.arange(3))
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.pt"]


def test_numbers_of_numpy_do_not_spoil_a_checkpoint(tmp_path: Path) -> None:
    number: Any = np.float64(0.5)
    run(tmp_path, ToyStage(says={1: {"loss": number}}, validates={1: {"loss": number}}), steps=1)
    assert checkpoint.load(tmp_path / "checkpoint.pt")[1].best == 0.5


def test_a_log_that_was_cut_off_or_damaged_keeps_its_good_lines(tmp_path: Path) -> None:
    run(tmp_path, ToyStage(validates={}), log_every=1)
    good = log_of(tmp_path)
    with (tmp_path / "log.jsonl").open("ab") as file:
        file.write(b'\0\xff\0\n{"loss": 1.0}\n[3]\n{"step": 9, "loss": 1.0}\n{"step": 1, "lo')
    run(tmp_path, ToyStage(validates={}), log_every=1)
    assert log_of(tmp_path) == good


@pytest.mark.proc
@pytest.mark.parametrize("save_every_s", [pytest.param(0.0, marks=pytest.mark.slow), 0.2])
def test_a_run_that_is_killed_comes_to_the_same_to_the_last_bit(tmp_path: Path, save_every_s: float) -> None:
    how = ["toy:100", "--log-every", "7", "--validate-every", "20", "--save-every-s", str(save_every_s)]
    killed, whole = (rank_program.folder_of(tmp_path / name, "toy", 100) for name in ("killed", "whole"))
    program = ["-m", PROGRAM, str(tmp_path / "killed"), *how, "--pause-s", "0.05"]  # however late this looks
    victim = started(program, tmp_path / "words.txt")
    try:
        assert wait_until((killed / "checkpoint.pt").exists, within_s=60)
        time.sleep(random.uniform(0, 0.5))
    finally:
        victim.kill()
        victim.wait()
    assert victim.returncode == -signal.SIGKILL
    assert 0 < checkpoint.load(killed / "checkpoint.pt")[1].step < 100
    for name in ("killed", "whole"):
        rank_program.main([str(tmp_path / name), *how])
    assert log_of(killed) == log_of(whole)
    ours, theirs = tensors_of(killed / rank_program.WEIGHTS), tensors_of(whole / rank_program.WEIGHTS)
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


class Terminal(io.StringIO):
    """A stream that is, or is not, a terminal."""

    def __init__(self, is_one: bool) -> None:
        super().__init__()
        self.is_one = is_one

    def isatty(self) -> bool:
        return self.is_one


def test_without_a_terminal_lines_tell_now_and_then_the_rate_and_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("sys.stderr", Terminal(False))
    says = {step: {"loss": 1 / step} for step in range(1, 11)}
    with caplog.at_level(logging.INFO):
        run(tmp_path / "toy", ToyStage(says=says), steps=10, step_s=40.0)
    assert [line for line in caplog.messages if "steps/s" in line] == [
        "toy: step 1, 0.03 steps/s, 6 min left; loss 1",
        "toy: step 3, 0.03 steps/s, 5 min left; loss 0.3333",
        "toy: step 5, 0.03 steps/s, 3 min left; loss 0.2",
        "toy: step 7, 0.03 steps/s, 2 min left; loss 0.1429",
        "toy: step 9, 0.03 steps/s, 1 min left; loss 0.1111",
    ]


def test_the_end_of_a_run_says_what_came_of_it_however_short_it_was(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    says = {step: {"loss": 1 / step} for step in range(1, 5)}
    validates = {2: {"loss": 0.25}, 4: {"loss": 0.5}}
    with caplog.at_level(logging.INFO):
        run(tmp_path, ToyStage(says=says, validates=validates), step_s=15.0, validate_every=2)
    told = [line for line in caplog.messages if " after " in line]
    assert told == [f"{tmp_path}: step 4 after 1.0 min: loss 0.5208, val_loss 0.5; best validated loss 0.25, at step 2"]
    caplog.clear()
    with caplog.at_level(logging.INFO):
        run(tmp_path, ToyStage(says=says, validates=validates), step_s=15.0, validate_every=2)
    assert any("step 4 after 1.0 min: nothing was left to do" in line for line in caplog.messages)


def test_what_is_left_follows_the_minutes_where_they_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("sys.stderr", Terminal(False))
    with caplog.at_level(logging.INFO):
        run(tmp_path, ToyStage(), steps=10**6, step_s=60.0, minutes=5)
    left = [line.split(", ")[2] for line in caplog.messages if "steps/s" in line]
    assert [words.split(" left")[0] for words in left] == ["4 min", "3 min", "2 min", "1 min", "0 min"]


def test_on_a_terminal_a_bar_tells_and_no_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    terminal = Terminal(True)
    monkeypatch.setattr("sys.stderr", terminal)
    with caplog.at_level(logging.INFO):
        run(tmp_path, steps=10, step_s=40.0)
    assert "10/10" in terminal.getvalue()
    assert not any("steps/s" in line for line in caplog.messages)


def test_tensorboard_is_told_the_same_and_forgets_what_a_killed_run_told_too_much(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    run(tmp_path, tensorboard=True, log_every=1, validate_every=4)
    with pytest.raises(FloatingPointError):
        run(tmp_path, ToyStage(says={6: {"loss": NAN}}), steps=8, tensorboard=True, log_every=1)
    run(tmp_path, steps=8, tensorboard=True, log_every=1)
    told = accumulator.EventAccumulator(str(tmp_path / "tensorboard"))
    told.Reload()
    assert [event.step for event in told.Scalars("loss")] == list(range(1, 9))
    lines = [line["loss"] for line in log_of(tmp_path) if "loss" in line]
    np.testing.assert_allclose([event.value for event in told.Scalars("loss")], lines, rtol=1e-6)
    assert [event.step for event in told.Scalars("val_loss")] == [4, 8]
    assert [event.step for event in told.Images("sheet")] == [4, 8]


def test_tensorboard_that_is_not_there_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(ValueError, match="pip install tensorboard"):
        run(tmp_path, tensorboard=True)


def test_checkpoints_come_at_their_time_of_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[int] = []
    whole = checkpoint.save

    def noted(path: Path, stage: dict[str, Any], train_state: TrainState) -> None:
        saved.append(train_state.step)
        whole(path, stage, train_state)

    monkeypatch.setattr(checkpoint, "save", noted)
    run(tmp_path, ToyStage(validates={}), steps=10, step_s=20.0, save_every_s=60.0)
    assert saved == [3, 6, 9, 10]

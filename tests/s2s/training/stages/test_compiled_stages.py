"""`--compile`: every stage hands torch what costs it most, and learns the same."""

from functools import partial

import pytest
import torch
from torch.testing import assert_close

from s2s.training.engine.device import DeviceContext
from s2s.training.engine.step_context import StepContext
from tests.s2s.training.rank_program import STAGES

pytestmark = pytest.mark.heavy

LEARNING = [
    pytest.param(name, marks=() if name == "audio-encoder" else pytest.mark.slow)  # to compile takes most of the time
    for name in sorted(STAGES.keys() - {"toy"})
]


# torch's compiler looks whether inputs have a gradient, and warns of its own look.
@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf:UserWarning")
@pytest.mark.parametrize("name", LEARNING)
def test_a_compiled_stage_takes_the_steps_of_a_plain_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled, compile_ = [], torch.compile

    def traced(forward: object) -> object:
        compiled.append(forward)
        return partial(compile_, backend="eager")(forward)  # its graphs, without minutes of a C++ compiler

    stages = [STAGES[name](DeviceContext(precision="float32"), 8)]
    with monkeypatch.context() as patched:
        patched.setattr("s2s.training.engine.device.torch.compile", traced)
        stages.append(STAGES[name](DeviceContext(precision="float32", compiled=True), 8))
    assert compiled
    for step, progress in enumerate((0.1, 0.9)):  # the generator's both phases
        plain, other = (stage.step(StepContext(step, progress, seed=0)) for stage in stages)
        assert_close(other, plain, atol=1e-4, rtol=1e-4)

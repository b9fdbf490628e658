"""Names that settings and checkpoints once had, and have today: what was written before the change still loads.

The one place that knows them. Pure.
"""

from collections.abc import Mapping
from typing import Any, Final

SETTINGS: Final = {
    "judge_rate": "discriminator_lr",
    "judge_steps": "discriminator_steps",
    "hearing": "augmentation",
}
"""Settings of stages: of `run.json`, and as `--set` takes them."""
_CHECKPOINT: Final = {"standing": "train_state"}
_TRAIN_STATE: Final = {"drawn": "sheet_step"}
LOGGED: Final = {"judge": "discriminator"}
"""What a step logs."""


def setting_name(name: str) -> str:
    """Return today's name of a setting, or of a part of one (`hearing.gain_db`)."""
    group, dot, part = name.partition(".")
    return SETTINGS.get(group, group) + dot + part


def run_info_of(run_info: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run's settings, as `run.json` holds them, under today's names."""
    return _renamed(run_info, SETTINGS)


def checkpoint_of(saved: Mapping[str, Any]) -> dict[str, Any]:
    """Return a checkpoint's content under today's names. Raises KeyError where there is no state of the run in it."""
    content = _renamed(saved, _CHECKPOINT)
    train_state = _renamed(content["train_state"], _TRAIN_STATE)
    for name in ("sums", "counts"):
        train_state[name] = _renamed(train_state.get(name, {}), LOGGED)
    return {**content, "train_state": train_state}


def _renamed(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in values.items()}

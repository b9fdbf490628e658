"""Networks without numbers: shapes to compare a file's header with before anything is read from it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from s2s.models.registry import Sizes, build

_DRAWS: Final = frozenset(
    {Tensor.normal_, Tensor.uniform_, nn.init.normal_, nn.init.uniform_, nn.init.kaiming_uniform_}
)


class _NothingDrawn(TorchFunctionMode):
    """Leaves first values away. Drawing them without memory takes as long as all the rest, and some ways of it would
    make torch load its compiler: for nothing, two seconds of every start of a show."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        given = dict(kwargs or {})
        if func in _DRAWS:
            return args[0] if args else given["tensor"]
        if func is torch.randn:
            func = torch.empty
        return func(*args, **given)


def outline(sizes: Sizes) -> nn.Module:
    """Return the network of these sizes on the meta device, where no weight has memory. Raises ValueError."""
    with torch.device("meta"), _NothingDrawn():
        return build(sizes)

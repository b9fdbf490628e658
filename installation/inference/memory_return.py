"""What was freed goes back to the system: of a model's memory an allocator keeps some for the next one."""

import ctypes
import sys

import torch


def give_memory_back() -> None:
    """Hand back what nothing uses, of the processor's memory where the C library can, and of a GPU's."""
    if sys.platform.startswith("linux"):
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's alone
        if trim is not None:
            trim(0)
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()

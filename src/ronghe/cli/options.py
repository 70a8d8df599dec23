"""Options that several commands share, so that they are called and explained alike everywhere."""

from pathlib import Path
from typing import Annotated

import typer

from ronghe.cli.words import say

SHOP = Path("shop")  # where a shop lies unless --shop or RONGHE_SHOP says otherwise

Shop = Annotated[
    Path,
    typer.Option("--shop", "-s", envvar="RONGHE_SHOP", file_okay=False, help=say("Folder of the shop.", "店铺文件夹。")),
]
Json = Annotated[bool, typer.Option("--json", help=say("Answer with JSON on stdout.", "以 JSON 输出到标准输出。"))]
Picture = Annotated[
    Path | None,
    typer.Option("--picture", help=say("Search by a picture: JPEG, PNG or WebP.", "以图搜索: JPEG、PNG 或 WebP。")),
]
Sound = Annotated[
    Path | None, typer.Option("--sound", help=say("Search by a sound: WAV, FLAC or OGG.", "以声音搜索: WAV、FLAC 或 OGG。"))
]
Language = Annotated[str, typer.Option("--language", help=say("Language of reasons: en or zh.", "推荐理由的语言: en 或 zh。"))]
User = Annotated[str | None, typer.Option("--user", "-u", help=say("Id of a known shopper.", "已知顾客的编号。"))]
Shopper = Annotated[str | None, typer.Argument(help=say("Shopper's id; none = a stranger.", "顾客编号; 省略则为陌生访客。"))]
Surface = Annotated[str, typer.Option(help=say("A [surface.NAME] of the recipe.", "配方中的 [surface.NAME]。"))]
Session = Annotated[
    str | None, typer.Option("--session", help=say("Id of a visit, for somebody not known.", "未登录访客的会话编号。"))
]
Count = Annotated[int, typer.Option("-k", "--count", min=1, max=200, help=say("How many items.", "返回多少件商品。"))]
Offset = Annotated[
    int, typer.Option("--offset", min=0, max=10_000, help=say("Skip so many: the next page.", "跳过多少件 (翻页)。"))
]
Basket = Annotated[
    list[str] | None,
    typer.Option("--basket", "-b", metavar="ITEM",
                 help=say("Item in the basket; repeat for more.", "购物篮中的商品; 可重复。")),
]  # fmt: skip
Filters = Annotated[
    list[str] | None,
    typer.Option("--filter", "-f", metavar="FACET=VALUE",
                 help=say("Only items with this value; repeat for more.", "只要具有该属性值的商品; 可重复。")),
]  # fmt: skip
Cheapest = Annotated[float | None, typer.Option("--price-min", min=0, help=say("Lowest price.", "最低价。"))]
Dearest = Annotated[float | None, typer.Option("--price-max", min=0, help=say("Highest price.", "最高价。"))]
Why = Annotated[bool, typer.Option("--why", "-w", help=say("Say why each item is there.", "说明每件商品的推荐理由。"))]
Trace = Annotated[
    bool, typer.Option("--trace", help=say("Show the funnel's stages, counts and times.", "显示漏斗各阶段的数量与耗时。"))
]
Seed = Annotated[int, typer.Option("--seed", help=say("Seed of everything random.", "随机种子。"))]
Sample = Annotated[
    float,
    typer.Option(
        "--sample", min=0.0001, max=1.0, help=say("Share of the shoppers to load, 1 = all.", "装载的顾客比例, 1 为全部。")
    ),
]

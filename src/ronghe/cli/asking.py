"""Commands that ask the shop: search, recommend, similar, explain."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ronghe.cli import options as opt
from ronghe.cli.opening import opened
from ronghe.cli.show import print_json, print_line, print_table
from ronghe.cli.words import say, spoken
from ronghe.core.errors import BadRequest, NotFound

MOST_READ = 2**25  # bytes of a picture or a sound: more than any that is taken, so that what is too large is called so


def search(
    words: Annotated[list[str] | None, typer.Argument(help=say("What a shopper would type.", "顾客会输入的词。"))] = None,
    shop: opt.Shop = opt.SHOP, user: opt.User = None, session: opt.Session = None, filters: opt.Filters = None,
    price_min: opt.Cheapest = None, price_max: opt.Dearest = None, count: opt.Count = 10, offset: opt.Offset = 0,
    sort: Annotated[str, typer.Option(help="relevance, price, -price, newest, popular")] = "relevance",
    picture: opt.Picture = None, sound: opt.Sound = None,
    language: opt.Language = spoken(), why: opt.Why = False, trace: opt.Trace = False, as_json: opt.Json = False,
) -> None:  # fmt: skip
    """Searches the shop as a shopper would: by words, by a picture or by a sound, or by words and one of these."""
    files = [(kind, path) for kind, path in (("picture", picture), ("sound", sound)) if path is not None]
    if len(files) > 1 or not (words or files):
        raise BadRequest("right would be words, --picture FILE or --sound FILE; words may stand beside one file", "words")
    _ask(shop, as_json, *files, surface="search", text=" ".join(words or ()), user=user, session=session, filters=_filters(filters),
         price_min=price_min, price_max=price_max, k=count, offset=offset, sort=sort, language=language,
         explain=why, trace=trace)  # fmt: skip


def recommend(
    user: opt.Shopper = None,
    shop: opt.Shop = opt.SHOP, session: opt.Session = None,
    surface: opt.Surface = "home",
    basket: opt.Basket = None,
    filters: opt.Filters = None, price_min: opt.Cheapest = None, price_max: opt.Dearest = None, count: opt.Count = 10,
    offset: opt.Offset = 0, language: opt.Language = spoken(), why: opt.Why = False, trace: opt.Trace = False,
    as_json: opt.Json = False,
) -> None:  # fmt: skip
    """Recommends to a shopper, known or not."""
    _ask(shop, as_json, surface=surface, user=user, session=session, basket=tuple(basket or ()), filters=_filters(filters),
         price_min=price_min, price_max=price_max, k=count, offset=offset, language=language, explain=why,
         trace=trace)  # fmt: skip


def similar(
    item: Annotated[str, typer.Argument(help=say("Id of the item being looked at.", "正在浏览的商品编号。"))],
    shop: opt.Shop = opt.SHOP, user: opt.User = None, session: opt.Session = None, filters: opt.Filters = None,
    count: opt.Count = 10, language: opt.Language = spoken(), why: opt.Why = False, trace: opt.Trace = False,
    as_json: opt.Json = False,
) -> None:  # fmt: skip
    """Shows what goes with an item: what is like it, and what is bought together with it."""
    _ask(shop, as_json, surface="item", item=item, user=user, session=session, filters=_filters(filters), k=count,
         language=language, explain=why, trace=trace)  # fmt: skip


def explain(
    slate: Annotated[str, typer.Argument(help=say("Id of an answer, as search and recommend print it.", "一次回答的编号。"))],
    shop: opt.Shop = opt.SHOP, language: opt.Language = spoken(), as_json: opt.Json = False,
) -> None:  # fmt: skip
    """Explains an answer that was given, by its slate id."""
    with opened(shop) as engine:
        found = engine.slate(slate, language)
        titles = {one["id"]: _title(engine, one["id"]) for one in found["items"]}
    print_json(found) if as_json else _show_slate(found, titles)


def _ask(shop: Path, as_json: bool, *files: tuple[str, Path], **question: Any) -> None:
    from ronghe.engine.request import Request

    with opened(shop) as engine:
        media = next((engine.sense(kind, _content(path), path.name) for kind, path in files), None)
        answer = engine.ask([Request(**question, media=media)])[0]
        stranger = _stranger(engine, question["user"])
    if isinstance(answer, BadRequest):
        raise answer
    if as_json:
        return print_json(answer)
    if stranger:
        print_line(stranger)
    _show(answer)


def _content(path: Path) -> bytes:
    """What is in a file, as far as any is read. BadRequest when there is none to read."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_READ)
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {error.strerror}", "file") from None


def _stranger(engine: Any, user: str | None) -> str:
    """That nothing is known of whom the question names, and of whom there is; "" when all is well."""
    if user is None or engine.keeper.shoppers.number(user) >= 0:
        return ""
    known = ", ".join(engine.shoppers(3))
    said = say(f"Nothing is known of {user!r}: answered as to a stranger.", f"没有 {user!r} 的记录, 按陌生访客回答。")
    return said + (say(f" Known are {known}, for example.", f"已知的有 {known} 等。") if known else "")


def _title(engine: Any, item: str) -> str:
    try:
        return str(engine.item(item)["title"])
    except NotFound:
        return ""


def _filters(given: list[str] | None) -> dict[str, list[str]]:
    chosen: dict[str, list[str]] = {}
    for word in given or ():
        facet, found, value = word.partition("=")
        if not found or not facet or not value:
            raise BadRequest(f"--filter {word!r} is not FACET=VALUE; right would be --filter brand=Haver", "filters")
        chosen.setdefault(facet, []).append(value)
    return chosen


def _show(answer: Any) -> None:
    if answer.meant:
        print_line(say(f"Showing results for “{answer.meant}”.", f"已为你显示“{answer.meant}”的结果。"))
    if answer.relaxed:
        print_line(say("Let go: ", "已放宽: ") + ", ".join(f"{step} ({said})" for step, said in answer.relaxed))
    if answer.also:
        print_line(say("Also searched: ", "同时搜索: ") + ", ".join(dict.fromkeys(other for _, other, _ in answer.also)))
    if answer.maybe:
        print_line(say("Did you mean: ", "你要找的是不是: ") + answer.maybe)
    if answer.understood:
        print_line(say("Understood: ", "已理解: ") + ", ".join(map(_told, answer.understood)))
    if not answer.items:
        print_line(say("Nothing found.", "没有找到。"))
    why = any(item.reasons for item in answer.items)
    columns = [say("place", "位置"), "id", say("title", "名称"), say("price", "价格"), say("score", "得分")]
    rows = [_row(item, why) for item in answer.items]
    if rows:
        print_table("", [*columns, *([say("why", "理由")] if why else [])], rows, numbers=(columns[0], *columns[3:]))
    for facet in answer.facets:
        print_line(f"{facet.name}: " + ", ".join(f"{value} ({count:,})" for value, count in facet.values[:8]))
    of = say("{:,} in all · {:.1f} ms · model {} · slate {}", "共 {:,} 件 · {:.1f} 毫秒 · 模型 {} · 回答编号 {}")
    print_line(of.format(answer.total, answer.took_ms, answer.model or "-", answer.slate))
    if answer.trace:
        _show_trace(answer.trace["steps"])


def _told(understood: tuple[str, str]) -> str:
    from ronghe.core.queries import WITHOUT

    facet, value = understood
    return say(f"without {value}", f"不要{value}") if facet == WITHOUT else f"{facet} {value}"


def _show_trace(steps: Sequence[Mapping[str, Any]]) -> None:
    """The stages in the order they ran; all that is known of each item stands in the answer as JSON."""
    columns = [
        say("stage", "阶段"),
        say("part", "部件"),
        say("in", "进"),
        say("out", "出"),
        say("ms", "毫秒"),
        say("error", "错误"),
    ]
    rows = [[one["stage"], one["part"], one.get("in"), one.get("out"), one["ms"], one.get("error")] for one in steps]
    keep = [at for at in range(6) if at < 5 or any(row[at] for row in rows)]
    print_table("", [columns[at] for at in keep], [[row[at] for at in keep] for row in rows], numbers=columns[2:5])


def _row(item: Any, why: bool) -> list[Any]:
    price = None if item.price is None else f"{item.price:,.2f}"
    return [item.place, item.id, item.title, price, item.score, *([item.why] if why else [])]


def _show_slate(found: dict[str, Any], titles: Mapping[str, str]) -> None:
    who = found["shopper"] or say("a stranger", "陌生访客")
    of = say("asked by {} · surface {} · model {}", "提问者 {} · 位置 {} · 模型 {}")
    print_line(of.format(who, found["surface"], found["model"] or "-"))
    columns = [say("place", "位置"), "id", say("title", "名称"), say("score", "得分"), say("odds", "概率"), say("why", "理由")]
    rows = [
        [i["place"], i["id"], titles[i["id"]], i["score"], i["propensity"], "\n".join(_reason(r) for r in i["reasons"])]
        for i in found["items"]
    ]
    print_table("", columns, rows, numbers=(columns[0], *columns[3:5]))


def _reason(reason: dict[str, Any]) -> str:
    return f"{reason['sentence']} ({reason['part']} {reason['weight']:+.3f})"

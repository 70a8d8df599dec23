"""Asks a trained shop in Python: a shelf with reasons, a click, and the shelf that follows it. Usage: ask_a_shop.py [FOLDER]"""

import sys
from contextlib import closing
from pathlib import Path

from ronghe.engine.engine import Engine
from ronghe.engine.request import Answer, Request


def shelf(engine: Engine, session: str) -> Answer:
    """What the home page shows to this visit."""
    [answer] = engine.ask([Request("home", session=session, k=5, explain=True)])
    assert isinstance(answer, Answer), answer
    return answer


def main(folder: Path) -> None:
    with closing(Engine.open(folder)) as engine:
        before = shelf(engine, "visit-1")
        print("To a stranger:", *(item.title for item in before.items), sep="\n  ")

        chosen = before.items[-1]
        recorded = engine.record([{"session": "visit-1", "item": chosen.id, "kind": "click"}])
        assert recorded.accepted == 1

        after = shelf(engine, "visit-1")
        print(f"\nAfter a click on {chosen.title}:")
        for item in after.items:
            print(f"  {item.title:40} {item.reasons[0]['sentence'] if item.reasons else ''}")
        assert [i.id for i in after.items] != [i.id for i in before.items]


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "shop"))

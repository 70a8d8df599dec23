"""What is let go, step by step, when a search finds nothing: the first step that finds something answers, and says which it was."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from ronghe.core.queries import WITHOUT, Queries
from ronghe.core.roles import Rewriter
from ronghe.engine.asking import Asked, both
from ronghe.engine.live import Live
from ronghe.engine.request import Answer
from ronghe.methods.lexical.text import words

Rewriters = Mapping[str, Rewriter]
Asks = Callable[[Rewriters, list[Asked]], tuple[list[Answer], bool]]  # the answers, and whether every part had its say
TELLING = 0.2  # share of the items that may say a word with which alone a search goes on
SURE = 0.5  # probability of a category from which on it is shown instead of nothing
MOST_DROPPED = 3  # words that items do say, and that are let go one after another


@dataclass(frozen=True)
class Way:
    """One thing that may be let go: the step's name, what it lets go or takes instead, and the question as it is asked then."""

    step: str
    said: str
    rewriters: Rewriters
    asked: Asked


@dataclass(frozen=True)
class Instead:
    """A rewriter that puts other texts in the place of some."""

    texts: Mapping[str, str]

    def rewrite(self, queries: Queries) -> Queries:
        """The queries with these texts replaced."""
        return queries.replace(text=tuple(self.texts.get(text, text) for text in queries.text))


def recovered(live: Live, asked: Asked, first: Answer, ask: Asks) -> tuple[Answer, bool]:
    """The answer to a question that found nothing (`first`) after letting go what [search] relax names, in its order; else `first`.

    A chosen facet or price is never let go: what it leaves nothing of is looked for again only when nothing is found without it.
    """
    whole = True
    for way in ways(live, asked, first):
        if way.step != "facets" and asked.narrowed and _without_choice(asked, ask).total:
            return first, whole  # the words find something: what was chosen leaves none of it
        (answer,), had_say = ask(way.rewriters, [way.asked])
        whole = whole and had_say
        if answer.total or (asked.narrowed and way.step != "facets" and _without_choice(way.asked, ask, way.rewriters).total):
            return replace(answer, relaxed=((way.step, way.said),), maybe=""), whole
    return first, whole


def ways(live: Live, asked: Asked, first: Answer) -> Iterator[Way]:
    """What may be let go, in the order of the recipe; what would change nothing is passed over."""
    words = {name: one for name, one in live.understand.items() if not getattr(one, "narrows", False)}
    rewriters = {name: getattr(one, "only_negatives", one) for name, one in live.understand.items()}
    text, tried = asked.request.text.strip(), _read(live.understand, asked.request.text.strip())
    for step in live.recipe.search.relax:
        if step == "facets":
            names = [value for facet, value in first.understood if facet != WITHOUT]
            if names:
                yield Way(step, " · ".join(names), rewriters, asked)
            if len(names) < len(first.understood):
                denied = [f"-{value}" for facet, value in first.understood if facet == WITHOUT]
                rest = Instead({text: _read(rewriters, text).text[0]})
                yield Way(step, " · ".join((*names, *denied)), {step: rest, **words}, asked)
        elif step in ("spelling", "synonyms"):
            rewriters = {name: live.bolder[name] if getattr(one, "relaxes", "") == step else one for name, one in rewriters.items()}
            now = _read(rewriters, text)
            if (now.text, now.also) != (tried.text, tried.also):
                said = now.text[0] if step == "spelling" else ", ".join(dict.fromkeys(other for _, other, _ in now.also[0]))
                yield Way(step, said, rewriters, asked)
            tried = now
        elif step == "words":
            for left, dropped in shorter(live, tried.text[0]):
                yield Way(step, dropped, {**rewriters, step: Instead({tried.text[0]: left})}, asked)
        elif tried.kinds[0] and tried.kinds[0][0][1] >= SURE:
            path = live.catalog.categories.ids[tried.kinds[0][0][0]]
            yield Way(step, path, {**rewriters, step: Instead({tried.text[0]: ""})}, _in_category(live, asked, path))


def shorter(live: Live, text: str) -> Iterator[tuple[str, str]]:
    """What is left of a text, and what was dropped: first the words that no item says, then the least telling, one by one."""
    said = list(dict.fromkeys(words(text)))
    most = max(1, int(TELLING * int(live.catalog.available.sum())))
    many = {word: max((len(m.matches(word, most + 1)) for m in live.matchers), default=0) for word in said}
    kept = [word for word in said if many[word]]
    least = sorted(kept, key=lambda word: -many[word])
    for gone in range(min(MOST_DROPPED + 1, len(kept))):
        left = [word for word in kept if word not in least[:gone]]
        if len(left) < len(said) and min(many[word] for word in left) <= most:
            yield " ".join(left), ", ".join(word for word in said if word not in left)


def _read(rewriters: Rewriters, text: str) -> Queries:
    """A text as these rewriters understand it."""
    queries = Queries.of(1, text=(text,), surface=("search",))
    for rewriter in rewriters.values():
        queries = rewriter.rewrite(queries)
    return queries


def _without_choice(asked: Asked, ask: Asks, rewriters: Rewriters | None = None) -> Answer:
    """The answer without the facets and prices that were chosen."""
    bare = replace(asked, request=replace(asked.request, filters={}, price_min=None, price_max=None), allowed=asked.visible)
    (answer,), _ = ask({} if rewriters is None else rewriters, [bare])
    return answer


def _in_category(live: Live, asked: Asked, path: str) -> Asked:
    """The question for all that lies in a category."""
    inside = live.facets.mask(replace(asked.request, filters={"category": [path]}, price_min=None, price_max=None))
    surface = "browse" if "browse" in live.recipe.surfaces else asked.surface
    return replace(asked, surface=surface, visible=both(asked.visible, inside), allowed=both(asked.allowed, inside))

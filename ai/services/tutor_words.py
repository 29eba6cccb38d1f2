"""What the tutor says: a model's sentences that the blocks bear out, or quotes, or hints."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from django.utils.translation import gettext as _

from ai.enums import Purpose, TutorHelp, TutorStyle
from ai.gateway.checks import has_orders
from ai.gateway.prompts.tutor import (
    Said,
    Unfolding,
    answer_prompt,
    answer_schema,
    ask_back_prompt,
    ask_back_schema,
    sentences_of,
)
from ai.gateway.talk import Prompt, Turn
from ai.gateway.text import clean_output
from ai.queries.retrieval import Found
from ai.queries.tutor import Place, places_of
from ai.scoring.support import is_supported, longest_copy
from ai.scoring.words import sentences
from ai.services.asking import NoModel, ask, stream
from ai.services.retrieval import Evidence
from courses.models import Course
from lms.kernel.actors import Actor

EXTRACTIVE: Final = "extractive"
MOST_QUOTES: Final = 3
NEARLY_AS_GOOD: Final = 0.75
MAX_QUOTE: Final = 300
MAX_TOKENS: Final = 700
COPIED_WORDS: Final = 6
OPENING_WORDS: Final = 5


@dataclass(frozen=True, slots=True)
class Citation:
    """Where something stands: a block's key and its lesson's public id, with a quote of it.

    `title` says the place in words. Of a FAQ entry `block` is its public id, and `lesson` is empty
    unless it is about one.
    """

    block: str
    lesson: str
    quote: str
    title: str = ""

    def as_json(self) -> dict[str, str]:
        """As it is stored and sent."""
        return {
            "block": self.block,
            "lesson": self.lesson,
            "quote": self.quote,
            "title": self.title,
        }


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an answer as it comes, with the citations that belong to it."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. `provider` is "extractive" where no model spoke."""

    answer: str
    answerable: bool
    citations: tuple[Citation, ...]
    mode: TutorHelp
    provider: str = EXTRACTIVE
    model: str = ""
    prompt_version: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything an answer is made of."""

    actor: Actor
    course: Course
    message: str
    evidence: Evidence
    style: TutorStyle
    exam: bool = False
    turns: tuple[Turn, ...] = field(default=())

    @property
    def blocks(self) -> list[str]:
        """The texts a model may use, best first; without sentences that speak to a model."""
        return [_readable(one.text) for one in self.evidence.found]


def _readable(text: str) -> str:
    return " ".join(one for one in sentences(text) if not has_orders(one))


def off_reply(words: str = "") -> Reply:
    """The answer of a tutor that is switched off; `words` say why where the course is not it."""
    words = words or _("The tutor is switched off in this course.")
    return Reply(words, answerable=False, citations=(), mode=TutorHelp.OFF)


def compose(asked: Asked, *, live: bool) -> Generator[Part, None, Reply]:
    """Yield the answer in parts and return it whole."""
    places = places_of([one.chunk_id for one in asked.evidence.found])
    if not asked.evidence.found:
        return (yield from _whole(_declined(asked)))
    if asked.style == TutorStyle.HINTS:
        return (yield from _whole(_hint(asked, places)))
    if asked.style == TutorStyle.SOCRATIC:
        return (yield from _whole(_ask_back(asked, places)))
    try:
        speaker = _Speaker(asked, places)
        return (yield from (speaker.streamed() if live else speaker.whole()))
    except NoModel:
        return (yield from _quoted(asked, places))


def _whole(reply: Reply) -> Generator[Part, None, Reply]:
    yield Part(reply.answer, reply.citations)
    return reply


class _Speaker:
    """A model's answer, sentence by sentence, as far as it is borne out."""

    def __init__(self, asked: Asked, places: dict[int, Place]) -> None:
        self._asked, self._texts = asked, asked.blocks
        self._kept: list[str] = []
        self._citing = _Citing(places)

    @property
    def _prompt(self) -> Prompt:
        return answer_prompt(self._texts, self._asked.message, self._asked.turns)

    def whole(self) -> Generator[Part, None, Reply]:
        """From one reply. Raises NoModel."""
        count = len(self._texts)
        got = ask(
            actor=self._asked.actor,
            purpose=Purpose.TUTOR,
            prompt=self._prompt,
            schema=answer_schema(count),
            course=self._asked.course,
            max_tokens=MAX_TOKENS,
        )
        for said in sentences_of(got.value):
            yield from self._part(said)
        return (yield from self._end(got.provider, got.model, got.prompt_version))

    def streamed(self) -> Generator[Part, None, Reply]:
        """From a stream. Raises NoModel until something was said; after that what came stands."""
        count = len(self._texts)
        unfolding = Unfolding(count)
        provider = model = version = ""
        pieces = stream(
            actor=self._asked.actor,
            purpose=Purpose.TUTOR,
            prompt=self._prompt,
            schema=answer_schema(count),
            course=self._asked.course,
            max_tokens=MAX_TOKENS,
        )
        try:
            for piece in pieces:
                provider, model, version = piece.provider, piece.model, piece.prompt_version
                for said in unfolding.feed(piece.text):
                    yield from self._part(said)
        except NoModel:
            if not self._kept:
                raise
        return (yield from self._end(provider, model, version))

    def _part(self, said: Said) -> Iterator[Part]:
        """The sentence if one of its blocks bears it out; what is not borne out is dropped."""
        sources = [(self._asked.evidence.found[at - 1], self._texts[at - 1]) for at in said.sources]
        text = clean_output(said.text, source="\n".join(known for _one, known in sources))
        language = self._asked.evidence.language
        bearing = [pair for pair in sources if is_supported(text, pair[1], language)]
        if not text or not bearing or text in self._kept or has_orders(text):
            return
        fresh = tuple(made for one, known in bearing for made in self._citing.fresh(one, known))
        lead = " " if self._kept else ""
        self._kept.append(text)
        yield Part(f"{lead}{text}", fresh)

    def _end(self, provider: str, model: str, version: str) -> Generator[Part, None, Reply]:
        """None left: the course does not say it."""
        if not self._kept:
            reply = _declined(self._asked, provider, model, version)
            yield Part(reply.answer)
            return reply
        return Reply(
            " ".join(self._kept),
            answerable=True,
            citations=self._citing.made,
            mode=TutorHelp.FULL,
            provider=provider,
            model=model,
            prompt_version=version,
        )


def _quoted(asked: Asked, places: dict[int, Place]) -> Generator[Part, None, Reply]:
    """The best sentences word for word, said to be quotes."""
    if not asked.evidence.answerable:
        return (yield from _whole(_declined(asked)))
    best = asked.evidence.quotes[0].score
    chosen = [
        one for one in asked.evidence.quotes[:MOST_QUOTES] if one.score >= best * NEARLY_AS_GOOD
    ]
    places = {**places, **places_of([one.found.chunk_id for one in chosen])}
    lead, citing = _("The course says, word for word:"), _Citing(places)
    parts = [Part(lead)]
    parts += [Part(f" “{one.text}”", citing.fresh(one.found, one.text)) for one in chosen]
    yield from parts
    return Reply(
        "".join(part.text for part in parts),
        answerable=True,
        citations=citing.made,
        mode=TutorHelp.FULL,
    )


def _declined(
    asked: Asked, provider: str = EXTRACTIVE, model: str = "", version: str = ""
) -> Reply:
    words = _("I find nothing about this in what you can read of the course.")
    full = asked.style == TutorStyle.ANSWERS
    mode = TutorHelp.FULL if full else TutorHelp.HINT
    return Reply(words, False, (), mode, provider, model, version)


def _hint(asked: Asked, places: dict[int, Place]) -> Reply:
    """Where to read, and not what stands there."""
    if not asked.evidence.answerable:
        return _declined(asked)
    first = asked.evidence.quotes[0].found
    places = {**places, **places_of([first.chunk_id])}
    citation = _citation(first, places, "")
    where = _("Read “%(place)s” again.") % {"place": citation.title}
    why = _("While your exam runs, I only say where to read.") if asked.exam else ""
    return Reply(f"{where} {why}".strip(), True, (citation,), TutorHelp.HINT)


def _ask_back(asked: Asked, places: dict[int, Place]) -> Reply:
    """A model's question back, or one of ours where none is connected or it gives too much away."""
    try:
        got = ask(
            actor=asked.actor,
            purpose=Purpose.TUTOR,
            prompt=ask_back_prompt(asked.blocks, asked.message, asked.turns),
            schema=ask_back_schema(len(asked.blocks)),
            course=asked.course,
            max_tokens=MAX_TOKENS,
        )
    except NoModel:
        return _asked_plainly(asked, places)
    data = got.value.model_dump()
    if not data["answerable"]:
        return _declined(asked, got.provider, got.model, got.prompt_version)
    found = asked.evidence.found[data["source"] - 1]
    text = clean_output(data["question"], source=asked.blocks[data["source"] - 1])
    copied = max(longest_copy(text, block) for block in asked.blocks)
    if not text.endswith("?") or copied >= COPIED_WORDS or has_orders(text):
        return _asked_plainly(asked, places)
    citation = _citation(found, places, "")
    return Reply(
        text, True, (citation,), TutorHelp.HINT, got.provider, got.model, got.prompt_version
    )  # fmt: skip


def _asked_plainly(asked: Asked, places: dict[int, Place]) -> Reply:
    if not asked.evidence.answerable:
        return _declined(asked)
    first = asked.evidence.quotes[0].found
    places = {**places, **places_of([first.chunk_id])}
    citation = _citation(first, places, "")
    words = _("Look at “%(place)s”. What does it say about this? Tell me in your own words.")
    return Reply(words % {"place": citation.title}, True, (citation,), TutorHelp.HINT)


def _citation(found: Found, places: dict[int, Place], quote: str) -> Citation:
    place = places[found.chunk_id]
    # A heading that speaks to a model is left out; its lesson's title tells the place, too.
    title = place.title.partition(" · ")[0] if has_orders(place.title) else place.title
    return Citation(found.key, place.lesson, quote[:MAX_QUOTE], title)


class _Citing:
    """The citations of one answer: each block once, and no two of one name."""

    def __init__(self, places: dict[int, Place]) -> None:
        self._places = places
        self._made: dict[int, Citation] = {}

    @property
    def made(self) -> tuple[Citation, ...]:
        """All so far, in order."""
        return tuple(self._made.values())

    def fresh(self, found: Found, quote: str) -> tuple[Citation, ...]:
        """The citation of a block, or none where it was cited before."""
        if found.chunk_id in self._made:
            return ()
        one = _citation(found, self._places, quote)
        if any(other.title == one.title for other in self._made.values()):
            one = replace(one, title=f"{one.title} · {_opening(_readable(found.text))}")
        self._made[found.chunk_id] = one
        return (one,)


def _opening(text: str) -> str:
    """The first words of a block, which tell it from its neighbours under the same heading."""
    words = text.split()
    return " ".join(words[:OPENING_WORDS]) + ("…" if len(words) > OPENING_WORDS else "")

"""One unit of teaching material: a model first when there is one, rules where they can, else words.

A unit is a window of the text; its pieces are made and stored together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ai.enums import ContentKind, Purpose, SourceOrigin, Use
from ai.gateway.chat import tokens_in
from ai.gateway.content.cutting import chapters, parts
from ai.gateway.content.rules import VERSION, make_by_rules
from ai.gateway.content.shape import (
    AT_ONCE,
    BY_RULES,
    MAX_WINDOWS,
    WINDOW,
    Made,
    Numbered,
    windows,
)
from ai.gateway.documents.shape import escaped
from ai.gateway.extractive.analysis import language_model
from ai.gateway.prompts.content import content_prompt
from ai.gateway.provider import ProviderUnavailable
from ai.gateway.structured import schema_of as structured_schema
from ai.gateway.talk import Prompt, render
from ai.services.asking import Answer, NoModel, ask
from ai.services.forecast import Size
from ai.services.material import Material
from courses.models import Course
from lms.kernel.actors import Actor
from lms.kernel.errors import Unavailable

ORDINALS = 1_000
LEAST_SHARE = 80  # characters of a block that still tell what it is about
MAX_TOKENS = 3_000
RULES = "extractive"
_PURPOSES = {
    ContentKind.SUMMARY: Purpose.SUMMARY,
    ContentKind.TRANSLATION: Purpose.TRANSLATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """A request with its text at hand."""

    kind: ContentKind
    material: Material
    actor: Actor
    course: Course | None
    job_id: int
    use: Use
    title: str
    language: str
    level: str


@dataclass(slots=True)
class Unit:
    """What came of a unit. `last` ends the job: rules took the whole text, or no model answers."""

    made: list[Made] = field(default_factory=list)
    source: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    last: bool = False


def headings() -> dict[str, str]:
    """The words above accepted pieces, by kind."""
    return {
        ContentKind.SUMMARY: _("Summary"),
        ContentKind.KEY_TERMS: _("Key terms"),
        ContentKind.FLASHCARDS: _("Flashcards"),
        ContentKind.EXAMPLES: _("Worked examples"),
        ContentKind.SIMPLER: _("In simpler words"),
        ContentKind.DISCUSSION: _("To discuss"),
        ContentKind.RUBRIC: _("Rubric"),
    }


def units(making: Making) -> list[tuple[Numbered, ...]]:
    """Windows of the text, at most twelve; kinds that need the whole get its beginnings at once."""
    blocks = making.material.numbered
    if making.kind in AT_ONCE:
        return [_condensed(blocks)]
    return list(windows(blocks))[:MAX_WINDOWS] or [()]


def _condensed(blocks: Sequence[Numbered]) -> tuple[Numbered, ...]:
    """Every block, cut so that all together fit into one window; of too many some from all over."""
    if sum(len(block.text) for block in blocks) <= WINDOW:
        return tuple(blocks)
    share = max(LEAST_SHARE, WINDOW // len(blocks))
    most = WINDOW // share
    chosen = (
        blocks if len(blocks) <= most else [blocks[at * len(blocks) // most] for at in range(most)]
    )
    return tuple(Numbered(block.ref, block.text[:share], block.heading_path) for block in chosen)


def unread_words(making: Making, planned: Sequence[Sequence[Numbered]]) -> list[str]:
    """That a model read a part of the text alone; nothing when it read every block, or all cut."""
    read, every = sum(map(len, planned)), len(making.material.numbered)
    if read >= every:
        return []
    words = _("The text is long: %(read)d of its %(all)d parts were read. Give the rest by itself.")
    return [words % {"read": read, "all": every}]


def work_unit(making: Making, blocks: Sequence[Numbered]) -> Unit:
    """The pieces of one window. Raises Unavailable in words when nobody can make this kind."""
    try:
        return _by_model(making, blocks)
    except NoModel as problem:
        reason = problem.reason
        quiet = problem.code in {"none_connected", "rules_only"}
    if making.kind not in BY_RULES or making.material.origin == SourceOrigin.TITLE:
        words = _("This needs a language model: rules cannot write it.")
        raise Unavailable(f"{words} {reason}".rstrip())
    if blocks and making.material.blocks and blocks[0].ref > 1:
        # Windows before this one were made by a model: rules would begin anew.
        return Unit(remarks=[reason], last=True)
    unit = _by_rules(making)
    unit.remarks += [] if quiet else [reason]
    return unit


def _by_model(making: Making, blocks: Sequence[Numbered]) -> Unit:
    from ai.gateway.content.replies import schema_of, understood

    answer: Answer[Any] = ask(
        actor=making.actor,
        purpose=purpose_of(making.kind),
        prompt=_prompt(making, blocks),
        schema=schema_of(making.kind),
        course=making.course,
        job_id=making.job_id,
        max_tokens=MAX_TOKENS,
        use=making.use,
    )
    found = understood(answer.value, making.kind, blocks, _heading(making))
    unit = Unit(list(found.made), _made_by(answer))
    if not blocks:
        unit.source["notes"] = [
            *unit.source["notes"],
            _("Written without a source: check every statement."),
        ]
    if found.uncited:
        unit.remarks.append(_uncited(found.uncited))
    if found.orders:
        unit.remarks.append(_("Text that gave orders to a model was left out."))
    return unit


def purpose_of(kind: ContentKind) -> Purpose:
    """What the calls for a kind are booked on."""
    return _PURPOSES.get(kind, Purpose.CONTENT)


def sizes(making: Making, *, known: bool) -> list[Size]:
    """The calls of a job: one a unit. Of a text that is not `known` yet, one is sure."""
    from ai.gateway.content.replies import schema_of

    schema = structured_schema(schema_of(making.kind))
    if known:
        prompts = [_prompt(making, blocks) for blocks in units(making)]
        return [Size(tokens_in(render(one, schema)), MAX_TOKENS) for one in prompts]
    full = _prompt(making, (Numbered(1, "x" * WINDOW),))
    most = 1 if making.kind in AT_ONCE else MAX_WINDOWS
    size = tokens_in(render(full, schema))
    return [Size(size, MAX_TOKENS, sure=at == 0) for at in range(most)]


def _prompt(making: Making, blocks: Sequence[Numbered]) -> Prompt:
    return content_prompt(
        making.kind,
        blocks,
        title=making.material.title or making.title,
        level=making.level or _("readers who are new to it"),
        language=making.language,
    )


def _made_by(answer: Answer[Any]) -> dict[str, Any]:
    return {
        "provider": answer.provider,
        "model": answer.model,
        "prompt_version": answer.prompt_version,
        "notes": list(answer.notes),
    }


def _uncited(many: int) -> str:
    return ngettext(
        "%(n)d piece cited nothing of the text and was left out.",
        "%(n)d pieces cited nothing of the text and were left out.",
        many,
    ) % {"n": many}


def _heading(making: Making) -> str:
    if making.kind == ContentKind.TRANSLATION:
        return making.language
    return headings().get(making.kind, "")


def _by_rules(making: Making) -> Unit:
    """The whole text at once, by rules."""
    by_cutting = making.kind in {ContentKind.OUTLINE, ContentKind.LESSON}
    try:
        model = "document structure" if by_cutting else language_model().meta["name"]
        made = (
            _cut(making)
            if by_cutting
            else make_by_rules(making.kind, making.material.numbered, headings())
        )
    except ProviderUnavailable as problem:
        raise Unavailable(problem.detail) from problem
    source = {"provider": RULES, "model": str(model), "prompt_version": VERSION}
    return Unit(made, source, last=True)


def _cut(making: Making) -> list[Made]:
    """Lesson or outline from a document's own headings."""
    markdown = making.material.markdown
    if not markdown:
        raise Unavailable(
            _(
                "These lessons have their structure already. Rules cut lessons and outlines from a "
                "text, a page or a file; writing new ones needs a language model."
            )
        )
    if making.kind == ContentKind.LESSON:
        found = parts(markdown)
        return [_lesson_part(making, part.title, part.level, part.markdown) for part in found]
    return [
        Made(
            chapter.title,
            "",
            _refs(making, "\n".join(part.markdown for part in chapter.lessons)),
            "",
            {
                "objectives": [],
                "lessons": [
                    {"title": part.title, "objectives": [], "markdown": part.markdown}
                    for part in chapter.lessons
                ],
            },
            (_("Cut from the text at its headings."),),
        )
        for chapter in chapters(markdown, making.material.title)
    ]


def _lesson_part(making: Making, title: str, level: int, markdown: str) -> Made:
    head = f"{'#' * max(2, level)} {escaped(title)}" if title else ""
    shown = "\n\n".join(part for part in (head, markdown) if part)
    return Made(title, shown, _refs(making, markdown), "", {}, (_("The text itself."),))


def _refs(making: Making, markdown: str) -> tuple[int, ...]:
    """Numbers of the blocks that a part of the document consists of."""
    from lms.kernel.text import split_blocks

    inside = {block.sha256 for block in split_blocks(markdown)}
    return tuple(
        number for number, block in enumerate(making.material.blocks, 1) if block.sha256 in inside
    )

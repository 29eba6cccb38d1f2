"""What single and multiple choice share: their options."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from assessments.scoring.content import MAX_OPTIONS, Option, QuestionContent, check_text
from assessments.scoring.folding import fold
from assessments.scoring.kinds import (
    Answer,
    Counted,
    Json,
    QuestionType,
    Render,
    Shown,
    ShownOption,
)
from lms.kernel.errors import Invalid

MIN_OPTIONS = 2


class Choices(QuestionType):
    """A question made of options."""

    def body(self, content: QuestionContent, render: Render) -> dict[str, Any]:
        return {
            "options": [
                {"id": o.id, "text": o.text, "html": render(o.text)} for o in content.options
            ]
        }

    def key(self, content: QuestionContent) -> dict[str, Any]:
        return {
            "correct": [o.id for o in content.options if o.correct],
            "feedback": {o.id: o.feedback for o in content.options if o.feedback},
        }

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        correct, feedback = set(key.get("correct", ())), key.get("feedback", {})
        return {
            "options": tuple(
                Option(
                    id=o["id"],
                    text=o["text"],
                    correct=o["id"] in correct,
                    feedback=feedback.get(o["id"], ""),
                )
                for o in body.get("options", ())
            )
        }

    def pool(self, body: Json) -> list[str]:
        return [option["id"] for option in body.get("options", ())]

    def shown(self, body: Json, order: Sequence[str], answer: Answer, html: Render | None) -> Shown:
        return Shown(options=shown_options(body.get("options", ()), order, chosen(answer), html))

    def feedback(self, content: QuestionContent, answer: Answer) -> tuple[str, ...]:
        ids = chosen(answer)
        return tuple(o.feedback for o in content.options if o.id in ids and o.feedback)

    def counted(self, content: QuestionContent, answer: Answer) -> list[Counted]:
        ids = chosen(answer)
        return [Counted(o.id, o.text, o.correct) for o in content.options if o.id in ids]


def chosen(answer: Answer) -> set[str]:
    """The ids of an answer that is one id or a list of them."""
    if isinstance(answer, list):
        return set(answer)
    return {answer} if isinstance(answer, str) else set()


def shown_options(
    options: Sequence[Json], order: Sequence[str], ids: set[str], html: Render | None
) -> tuple[ShownOption, ...]:
    """Options of a body in the drawn order; those in `ids` are chosen."""
    known = {option["id"]: option for option in options}
    return tuple(
        ShownOption(
            id=one,
            html=known[one]["html"] if html is None else html(known[one]["text"]),
            chosen=one in ids,
            words=known[one].get("words", ""),
        )
        for one in order
        if one in known
    )


def check_options(content: QuestionContent) -> None:
    """Raise Invalid unless there are 2..20 different, non-empty options with different ids."""
    texts = [fold(option.text, case=False) for option in content.options]
    if not MIN_OPTIONS <= len(texts) <= MAX_OPTIONS:
        raise Invalid(
            _("Give between 2 and %(most)s options.") % {"most": MAX_OPTIONS}, field="options"
        )
    if not all(texts):
        raise Invalid(_("An option is empty."), field="options")
    if len(set(texts)) < len(texts):
        raise Invalid(_("Two options are the same."), field="options")
    ids = [option.id for option in content.options if option.id]
    if len(set(ids)) < len(ids):
        raise Invalid(_("Two options have the same id."), field="options")
    for option in content.options:
        check_text(option.text, field="options")
        check_text(option.feedback, field="options")


def known_option(content: QuestionContent, raw: object) -> str:
    """`raw` when it is the id of an option of this question; raises Invalid otherwise."""
    if not isinstance(raw, str) or content.option(raw) is None:
        raise Invalid(_("Choose one of the options."), field="answer")
    return raw

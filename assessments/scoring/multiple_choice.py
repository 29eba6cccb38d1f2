"""Multiple choice: any number of options may be right.

All or nothing: the chosen set must equal the right one. With partial credit the share is
(right ones chosen - cost) / right ones, at least 0. The cost is the wrong ones chosen times the
penalty, 0..100 % of what a right one earns, but at least the number of options chosen beyond as
many as are right: without it, choosing everything would earn everything at no penalty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.choices import Choices, check_options, known_option
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import FULL, NOTHING, Answer, Json, Render, Shown
from assessments.scoring.numbers import number_or_none
from lms.kernel.errors import Invalid

MOST_PENALTY = Decimal(100)


class MultipleChoice(Choices):
    kind = QuestionKind.MULTIPLE_CHOICE

    def check(self, content: QuestionContent) -> None:
        check_options(content)
        if not any(option.correct for option in content.options):
            raise Invalid(_("Mark at least one option as correct."), field="options")
        if not content.penalty.is_finite() or not 0 <= content.penalty <= MOST_PENALTY:
            raise Invalid(_("A wrong choice costs between 0 and 100 %."), field="penalty")

    def body(self, content: QuestionContent, render: Render) -> dict[str, Any]:
        return {**super().body(content, render), "credit": _credit(content)}

    def key(self, content: QuestionContent) -> dict[str, Any]:
        return {**super().key(content), **_credit(content)}

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        return {
            **super().fields(body, key),
            "partial_credit": bool(key.get("partial_credit", False)),
            "penalty": Decimal(key.get("penalty", MOST_PENALTY)),
        }

    def shown(self, body: Json, order: Sequence[str], answer: Answer, html: Render | None) -> Shown:
        """Also the rule; questions written before it was stored say none."""
        shown = super().shown(body, order, answer, html)
        credit = body.get("credit")
        return replace(shown, rule=_rule(credit)) if credit else shown

    def read(self, content: QuestionContent, raw: object, /) -> Answer:
        """The ids in the question's own order, each once; an empty list is no answer."""
        if not isinstance(raw, list):
            raise Invalid(_("Send a list of option ids."), field="answer")
        chosen = {known_option(content, item) for item in raw}
        return [option.id for option in content.options if option.id in chosen] or None

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        chosen = set(answer) if isinstance(answer, list) else set()
        right = {option.id for option in content.options if option.correct}
        if chosen == right:
            return FULL
        if not content.partial_credit:
            return NOTHING
        wrong, surplus = len(chosen - right), len(chosen) - len(right)
        cost = max(wrong * content.penalty / MOST_PENALTY, Decimal(surplus))
        return max((len(chosen & right) - cost) / len(right), NOTHING)

    def solution(self, content: QuestionContent) -> Answer:
        return [option.id for option in content.options if option.correct]

    def extras(self, content: QuestionContent) -> dict[str, str]:
        said = {"credit": "partial" if content.partial_credit else "all"}
        unusual = content.penalty != MOST_PENALTY
        return {**said, "penalty": str(content.penalty)} if unusual else said

    def from_extras(self, said: Mapping[str, str]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if "credit" in said:
            fields["partial_credit"] = said["credit"] == "partial"
        penalty = number_or_none(said.get("penalty", ""))
        if penalty is not None and 0 <= penalty <= MOST_PENALTY:
            fields["penalty"] = penalty
        return fields


def _credit(content: QuestionContent) -> dict[str, Any]:
    return {"partial_credit": content.partial_credit, "penalty": str(content.penalty)}


def _rule(credit: Json) -> str:
    if not credit["partial_credit"]:
        return _("Only the exact choice earns the points.")
    penalty = Decimal(credit["penalty"])
    if not penalty:
        return _("Each right choice earns a part; choosing more than are right costs some of it.")
    if penalty == MOST_PENALTY:
        return _("Each right choice earns a part; a wrong one takes as much away.")
    words = _("Each right choice earns a part; a wrong one takes %(share)s %% of that away.")
    return words % {"share": f"{penalty.normalize():f}"}

"""What checks found so far in an open attempt, as far as its learner may know while answering."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessments.enums import Certainty, QuestionKind, ReviewItem
from assessments.models import Attempt, AttemptQuestion
from assessments.queries.content import version_content
from assessments.queries.facts import shown_of
from assessments.queries.tries import checked_of, rules_of
from assessments.rules import VIEW_ATTEMPT
from assessments.scoring.behaviour.registry import behaviour_of, outcome
from assessments.scoring.behaviour.tries import Outcome, Try
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import Marking
from assessments.scoring.registry import type_of, with_drawn
from assessments.scoring.review import Items
from lms.kernel.actors import Actor
from lms.kernel.rules import require
from lms.kernel.text import render_markdown


@dataclass(frozen=True, slots=True)
class CheckSheet:
    """One question's tries; what may not be known is empty or None.

    `can_check` tells that another answer is taken to be checked. `score` is what counts so far,
    `penalty` the points that earlier tries cost the last one.
    """

    points: Decimal
    can_check: bool = False
    asks_certainty: bool = False
    certainty: int | None = None
    tries: int = 0
    tries_left: int | None = None
    final: bool = False
    verdict: str = ""
    score: Decimal | None = None
    penalty: Decimal | None = None
    hint_html: str = ""
    feedback_html: tuple[str, ...] = ()
    explanation_html: str = ""
    solution: Any = None
    solution_words: tuple[str, ...] = ()

    @property
    def levels(self) -> list[tuple[int, str]]:
        """How sure one may be."""
        return [(one.value, str(one.label)) for one in Certainty]


def checks(actor: Actor, row: Attempt) -> dict[str, CheckSheet]:
    """The questions of an open attempt by id; at most three queries, none where nothing is checked.

    Raises what `require` raises.
    """
    require(actor, VIEW_ATTEMPT, row)
    behaviour = behaviour_of(row.behaviour)
    if not behaviour.checks and not behaviour.asks_certainty:
        return {}
    related = ("version__question", "scored_with__question")
    return _sheets(actor, row, list(row.questions.select_related(*related)))


def check_of(actor: Actor, row: Attempt, part: AttemptQuestion) -> CheckSheet:
    """One question of an attempt; raises what `require` raises."""
    require(actor, VIEW_ATTEMPT, row)
    related = ("version__question", "scored_with__question")
    fresh = row.questions.select_related(*related).get(pk=part.pk)
    return _sheets(actor, row, [fresh])[fresh.public_id]


def _sheets(actor: Actor, row: Attempt, parts: Sequence[AttemptQuestion]) -> dict[str, CheckSheet]:
    tried = checked_of(row, parts)
    return {part.public_id: _sheet(actor, row, part, tried[part.pk]) for part in parts}


def _sheet(actor: Actor, row: Attempt, part: AttemptQuestion, tries: list[Try]) -> CheckSheet:
    behaviour = behaviour_of(row.behaviour)
    machine = type_of(part.version.question.kind).marking is Marking.MACHINE
    plain = CheckSheet(
        points=part.points,
        can_check=behaviour.checks and machine and not part.final,
        asks_certainty=behaviour.asks_certainty and machine,
        certainty=part.certainty,
        final=part.final,
    )
    if not tries:
        return plain
    content = with_drawn(version_content(part.scored_with or part.version), part.drawn)
    found = outcome(rules_of(row), content, tries, part.points)
    shown = shown_of(actor, row, final=part.final)
    return _told(plain, found, content, tries[-1], shown)


def _told(
    plain: CheckSheet, found: Outcome, content: QuestionContent, last: Try, shown: Items
) -> CheckSheet:
    judged = ReviewItem.CORRECTNESS in shown
    scored = judged and ReviewItem.SCORE in shown
    solved = ReviewItem.RIGHT_ANSWER in shown
    kind = type_of(content.kind)
    explained = ReviewItem.EXPLANATION in shown and content.explanation
    return CheckSheet(
        points=plain.points,
        can_check=plain.can_check,
        final=plain.final,
        tries=found.tries,
        tries_left=None if plain.final else found.tries_left,
        verdict=found.last if judged else "",
        score=found.score if scored else None,
        penalty=found.penalty if scored else None,
        hint_html=_hint(content, found.hint) if judged else "",
        feedback_html=tuple(map(render_markdown, found.feedback))
        if ReviewItem.FEEDBACK in shown
        else (),
        explanation_html=render_markdown(content.explanation) if explained else "",
        solution=kind.solution(content) if solved else None,
        solution_words=tuple(_solution_words(content)) if solved else (),
    )


def _hint(content: QuestionContent, place: int | None) -> str:
    """The hint between two tries; the last one again when there are more tries than hints."""
    hints = content.hints
    if place is None or not hints:
        return ""
    return render_markdown(hints[min(place, len(hints) - 1)])


def _solution_words(content: QuestionContent) -> list[str]:
    kind = type_of(content.kind)
    if content.kind == QuestionKind.TRUE_FALSE or not content.options:
        return kind.solution_words(content)
    return [option.text for option in content.options if option.correct]

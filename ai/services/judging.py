"""Whether a question needs its passage: a model is asked it without one, more than once.

What such a call finds is a remark beside the question, and what goes wrong with it is no fault of
the job: then the remark says why nothing was judged.
"""

from django.utils.translation import gettext as _

from ai.enums import Purpose, QuestionKind, Use
from ai.gateway.chat import tokens_in
from ai.gateway.prompts.unaided import MAX_BYTES, MAX_TOKENS, Round, rounds_of, tries
from ai.gateway.provider import GeneratedQuestion, Option
from ai.gateway.structured import schema_of
from ai.gateway.surroundings import Judge, Unaided
from ai.gateway.talk import render
from ai.queries.consent import purpose_off
from ai.services.asking import NoModel, ask
from ai.services.forecast import Size
from ai.services.routes import Line, routes_for
from courses.models import Course
from lms.kernel.actors import Actor
from lms.kernel.errors import KernelError

# What a question has at most: choices are between three or four options.
MOST_OPTIONS = 4


class NoJudge:
    """Judges nothing, and says why."""

    def __init__(self, why: str) -> None:
        self._why = why

    def unaided(self, _question: GeneratedQuestion) -> Unaided:
        """Nothing."""
        return Unaided(None, self._why)


class ModelJudge:
    """Asks the models of the profile; after one that gave no answer no more in this work."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._given_up = ""

    def unaided(self, question: GeneratedQuestion) -> Unaided:
        """Ask until an answer is wrong, or as many are right as luck would hardly give."""
        if self._given_up:
            return Unaided(None, self._given_up)
        rounds = rounds_of(question, self._line.job_id or 0)
        if not rounds:
            return Unaided(None, _too_lucky(question))
        for at, asked in enumerate(rounds):
            try:
                right = self._right(asked)
            except KernelError as problem:
                self._given_up = problem.detail
                return Unaided(None, problem.detail)
            if not right:
                return Unaided(False, _found_wrong(at, at + 1))
        return Unaided(True, _found_right(len(rounds)))

    def _right(self, asked: Round) -> bool:
        answer = ask(
            actor=self._line.actor,
            purpose=Purpose.CHECKING,
            prompt=asked.prompt,
            schema=asked.schema,
            course=self._line.course,
            job_id=self._line.job_id,
            max_tokens=MAX_TOKENS,
        )
        return asked.right(answer.value)


def judge_for(
    actor: Actor, use: Use, *, course: Course | None = None, job_id: int | None = None
) -> Judge:
    """Who judges: a connected model that keeps to a form, else nobody with the reason."""
    line = Line(actor, Purpose.CHECKING, course, job_id)
    try:
        routes_for(line, use)
    except NoModel as none:
        return NoJudge(none.reason)
    except KernelError as refused:
        return NoJudge(refused.detail)
    return ModelJudge(line)


def judge_sizes(kind: QuestionKind, count: int, course: Course | None) -> list[Size]:
    """The most that judging so many questions costs; none of these calls is sure to happen."""
    from ai.gateway.replies.unaided import ChoiceReply

    most = tries(kind, MOST_OPTIONS)
    if not most or purpose_off(Purpose.CHECKING, course):
        return []
    choice = kind in {QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE}
    longest = GeneratedQuestion(
        QuestionKind.SINGLE_CHOICE, "x" * MAX_BYTES, "", (), (Option("", right=True),)
    )
    asked = Round(longest, (0,) if choice else ())
    messages = render(asked.prompt, schema_of(ChoiceReply))
    return [Size(tokens_in(messages), MAX_TOKENS, again=most, sure=False)] * count


def _too_lucky(question: GeneratedQuestion) -> str:
    if question.kind == QuestionKind.TRUE_FALSE:
        return _("Half of all guesses are right here.")
    return _("The question is too long to be asked again.")


def _found_wrong(right: int, asked: int) -> str:
    words = _("Asked without the passage, a model was right %(right)d of %(asked)d times.")
    return words % {"right": right, "asked": asked}


def _found_right(asked: int) -> str:
    words = _("A model found the answer without the passage, %(asked)d of %(asked)d times.")
    return words % {"asked": asked}

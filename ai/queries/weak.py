"""Generated questions that learners' answers show to work poorly."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from ai.enums import DraftState
from ai.models import Draft
from ai.rules import VIEW_DRAFT
from analytics.queries.items import Glance, glances
from analytics.scoring.item_analysis import Flag
from analytics.scoring.item_words import SHORT_FLAGS
from assessments.enums import QuestionState
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import require

# With fewer live answers a figure says more about these learners than about the question.
LEAST_ANSWERS = 30
# Ebel & Frisbie (1991), Essentials of Educational Measurement: below .20 to be revised or dropped.
LEAST_DISCRIMINATION = 0.20
POOR = "poor_discrimination"


@dataclass(frozen=True, slots=True)
class Weak:
    """An accepted question with its figures, why it is listed, and whether a new one is made."""

    draft: Draft
    figures: Glance
    flags: tuple[str, ...]
    asked_anew: bool

    @property
    def words(self) -> list[str]:
        """Why, in a few words each."""
        poor = _("Hardly parts those who know from those who do not")
        return [str(SHORT_FLAGS.get(flag, poor)) for flag in self.flags]


def weak_questions(actor: Actor, course: Course) -> list[Weak]:
    """Accepted questions with at least 30 answers that are flagged or part learners poorly.

    A flag is one of item analysis; `discrimination` (upper less lower group) below .20 is one too.
    The poorest discrimination comes first. Four queries. Raises what `require` raises.
    """
    require(actor, STAFF_COURSE, course)
    rows = (
        VIEW_DRAFT.rows(actor)
        .filter(course=course, state=DraftState.ACCEPTED, question__isnull=False)
        .exclude(question__state=QuestionState.RETIRED)
        .select_related("question", "lesson")
        .order_by("pk")
    )
    drafts = list(rows)
    found = glances(actor, [row.question for row in drafts if row.question])
    anew = _asked_anew(course)
    weak = []
    for row in drafts:
        figures = found.get(row.question_id or 0)
        if figures is None or figures.n < LEAST_ANSWERS:
            continue
        flags = _flags(figures)
        if flags:
            weak.append(Weak(row, figures, flags, row.pk in anew))
    return sorted(weak, key=lambda one: _order(one.figures))


def _flags(figures: Glance) -> tuple[str, ...]:
    found = list(figures.flags)
    value = figures.discrimination
    if value is not None and value < LEAST_DISCRIMINATION and Flag.NEGATIVE not in found:
        found.append(POOR)
    return tuple(found)


def _order(figures: Glance) -> float:
    return 1.0 if figures.discrimination is None else figures.discrimination


def _asked_anew(course: Course) -> set[int]:
    """Keys of drafts for which a new one waits for a decision."""
    rows = Draft.objects.filter(course=course, state=DraftState.DRAFT, job__isnull=False)
    params = rows.values_list("job__params", flat=True)
    return {one["replaces"] for one in params if one.get("replaces")}

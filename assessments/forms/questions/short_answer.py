"""Short answer: accepted answers, one a line, and more with their share and feedback in rows."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.enums import QuestionKind
from assessments.forms.questions.base import QuestionForm
from assessments.forms.questions.rows import Row, RowSet
from assessments.scoring.content import MAX_ACCEPTED, Accepted, QuestionContent
from lms.kernel.errors import Invalid


class ShortAnswerForm(QuestionForm):
    """Accepted answers worth all points as lines, others as rows."""

    kind = QuestionKind.SHORT_ANSWER
    own = ("accepted", "match_case", "match_accents", "wildcards", "spelling")
    row_sets = (
        RowSet("answers", columns=("text", "share", "feedback"), most=MAX_ACCEPTED, start=1),
    )
    editor = "assessments/bank/types/_answers.html"
    editor_last = True
    accepted = forms.CharField(
        label=gettext_lazy("Accepted answers"),
        required=False,
        help_text=gettext_lazy(
            "One a line, each worth all points. The first is shown in the review. White space"
            " never matters."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    match_case = forms.BooleanField(
        label=gettext_lazy("Upper and lower case matter"), required=False
    )
    match_accents = forms.BooleanField(
        label=gettext_lazy("Accents matter"), required=False, initial=True
    )
    wildcards = forms.BooleanField(
        label=gettext_lazy("A star stands for any characters"),
        required=False,
        help_text=gettext_lazy("photo* accepts photosynthesis. Write \\* for the star itself."),
    )
    spelling = forms.BooleanField(
        label=gettext_lazy("Let small slips of spelling pass"),
        required=False,
        help_text=gettext_lazy(
            "One slip in five to eight characters, two in longer answers, none in shorter ones."
            " Learners are told."
        ),
    )

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """Lines and rows become accepted answers."""
        answers = tuple(_accepted(row) for row in self.filled("answers"))
        lines = lines_of(data["accepted"])
        return {**super().own_content(data), "accepted": lines, "answers": answers}

    @classmethod
    def initial_of(cls, content: QuestionContent) -> dict[str, Any]:
        """Accepted answers as lines."""
        return {**super().initial_of(content), "accepted": "\n".join(content.accepted)}

    @classmethod
    def rows_of(cls, content: QuestionContent) -> dict[str, list[Row]]:
        """A row per answer with a share of its own."""
        rows = [
            {"text": one.text, "share": f"{one.share.normalize():f}", "feedback": one.feedback}
            for one in content.answers
        ]
        return {"answers": rows}


def lines_of(text: str) -> tuple[str, ...]:
    """The lines that say something, without outer white space."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _accepted(row: Row) -> Accepted:
    """The answer of a row; an empty share is all points."""
    typed = str(row["share"]).strip().replace(",", ".") or "100"
    try:
        share = Decimal(typed)
    except InvalidOperation as problem:
        words = _("“%(typed)s” is no share. Write per cent from 0 to 100.")
        raise Invalid(words % {"typed": typed[:20]}, field="answers") from problem
    return Accepted(str(row["text"]).strip(), share, str(row["feedback"]))

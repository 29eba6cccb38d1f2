"""Drag words into a text: each gap of the stem takes one of the words.

It is matching whose prompts are the numbers of the gaps, so pairs are `(“1”, word)`. A word stays
on offer after it was used, so that nothing is told by what is left.
"""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.content import QuestionContent, detail_of
from assessments.scoring.gaps import check_gaps
from assessments.scoring.kinds import Answer, Json, Render, Shown
from assessments.scoring.matching import Matching, Pairs
from lms.kernel.errors import Invalid


class DragWords(Matching):
    kind = QuestionKind.DRAG_WORDS
    least = 1

    def check(self, content: QuestionContent) -> None:
        super().check(content)
        pairs = detail_of(content, Pairs).pairs
        if [pair.prompt for pair in pairs] != [str(n + 1) for n in range(len(pairs))]:
            raise Invalid(_("The gaps are numbered from 1."), field="pairs")
        check_gaps(content.stem, len(pairs))

    def shown(self, body: Json, order: Sequence[str], answer: Answer, html: Render | None) -> Shown:
        return replace(super().shown(body, order, answer, html), inline=True)

"""Find the form of a question type."""

from typing import Final

from assessments.forms.questions.base import QuestionForm
from assessments.forms.questions.choices import MultipleChoiceForm, SingleChoiceForm
from assessments.forms.questions.cloze import ClozeForm
from assessments.forms.questions.code import CodeForm
from assessments.forms.questions.drag_words import DragWordsForm
from assessments.forms.questions.essay import EssayForm
from assessments.forms.questions.file_upload import FileUploadForm
from assessments.forms.questions.formula import FormulaForm
from assessments.forms.questions.hotspot import HotspotForm
from assessments.forms.questions.matching import MatchingForm
from assessments.forms.questions.numeric import NumericForm
from assessments.forms.questions.ordering import OrderingForm
from assessments.forms.questions.short_answer import ShortAnswerForm
from assessments.forms.questions.true_false import TrueFalseForm

FORMS: Final[dict[str, type[QuestionForm]]] = {
    form.kind.value: form
    for form in (
        SingleChoiceForm,
        MultipleChoiceForm,
        TrueFalseForm,
        ShortAnswerForm,
        NumericForm,
        MatchingForm,
        OrderingForm,
        EssayForm,
        ClozeForm,
        DragWordsForm,
        FormulaForm,
        HotspotForm,
        FileUploadForm,
        CodeForm,
    )
}

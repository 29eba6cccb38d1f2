"""The words of what learners may see of an attempt, and when."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReviewItem(TextChoices):
    """What of an attempt may be shown to its learner."""

    ATTEMPT = "attempt", _("The questions and their own answers")
    CORRECTNESS = "correctness", _("Whether each answer is right")
    SCORE = "score", _("The score")
    FEEDBACK = "feedback", _("Feedback to the answer given")
    EXPLANATION = "explanation", _("The explanation")
    RIGHT_ANSWER = "right_answer", _("The right answer")
    COMMENT = "comment", _("The marker's comment")


class ReviewMoment(TextChoices):
    """When. `spent` comes on top of the moment that it is."""

    DURING = "during", _("While answering")
    AFTER = "after", _("Right after")
    LATER = "later", _("Later, while open")
    SPENT = "spent", _("No attempt left")
    CLOSED = "closed", _("After it closes")


class ReviewPreset(TextChoices):
    """Policies with a name."""

    PRACTICE = "practice", _("Practice: show everything at once")
    HOMEWORK = "homework", _("Homework: score at once, answers when no attempt is left")
    TEST = "test", _("Test: score at once, answers after it closes")
    EXAM = "exam", _("Exam: nothing until you release the results")
    CUSTOM = "custom", _("Adjusted: as ticked below")

"""The words of grades and the gradebook."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class GradeItemKind(TextChoices):
    """Where the grades of a column come from."""

    QUIZ = "quiz", _("Quiz")
    ASSIGNMENT = "assignment", _("Assignment")
    MANUAL = "manual", _("By hand")


class GradeStatus(TextChoices):
    """How a grade stands. A late or missing one may have a score."""

    GRADED = "graded", _("Graded")
    IN_PROGRESS = "in_progress", _("In progress")
    LATE = "late", _("Late")
    MISSING = "missing", _("Missing")
    EXCUSED = "excused", _("Excused")


class StatusEffect(TextChoices):
    """What a status of a course's own does to the cells that bear it."""

    AS_GIVEN = "as_given", _("Counts as it is scored")
    LEFT_OUT = "left_out", _("Does not count")
    ZERO = "zero", _("Counts as 0")
    PERCENT = "percent", _("Counts as a percentage of the points")


class StatusColour(TextChoices):
    """The tones that the design has for a status; the sign says the same without colour."""

    NEUTRAL = "neutral", _("Grey")
    BRAND = "brand", _("Violet")
    OK = "ok", _("Green")
    WARN = "warn", _("Amber")
    BAD = "bad", _("Red")
    INFO = "info", _("Blue")


class GradeSource(TextChoices):
    """What changed a grade."""

    WORK = "work", _("Scoring")
    HAND = "hand", _("By hand")
    POSTING = "posting", _("Posting")
    IMPORT = "import", _("Import")
    CURVE = "curve", _("Curve")
    UNDO = "undo", _("Undo")


class Aggregate(TextChoices):
    """How the parts of a category become one figure."""

    POINTS = "points", _("Points earned of points possible")
    MEAN = "mean", _("Mean of the percentages")
    WEIGHTED_MEAN = "weighted_mean", _("Mean by weight")


class Ungraded(TextChoices):
    """What an empty cell counts."""

    IGNORE = "ignore", _("are left out until they are graded")
    ZERO = "zero", _("count as 0")


class CurveKind(TextChoices):
    LINEAR = "linear", _("Linear, to a mean and a highest score")
    SQUARE_ROOT = "square_root", _("Square root of the share")
    FLAT = "flat", _("The same number of points for everybody")

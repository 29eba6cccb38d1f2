"""The choices of the app. `values` are stable words of the API and the database."""

from collections.abc import Sequence

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


class QuestionKind(TextChoices):
    SINGLE_CHOICE = "single_choice", _("Single choice")
    MULTIPLE_CHOICE = "multiple_choice", _("Multiple choice")
    TRUE_FALSE = "true_false", _("True or false")
    SHORT_ANSWER = "short_answer", _("Short answer")
    NUMERIC = "numeric", _("Number")
    MATCHING = "matching", _("Matching")
    ORDERING = "ordering", _("Ordering")
    ESSAY = "essay", _("Essay")
    CLOZE = "cloze", _("Fill in the blanks")
    DRAG_WORDS = "drag_words", _("Drag words into a text")
    FORMULA = "formula", _("Formula")
    HOTSPOT = "hotspot", _("Place on an image")


def question_kinds() -> Sequence[tuple[str, StrOrPromise]]:
    """The choices of a column; called at run time, so that a new type needs no migration."""
    return QuestionKind.choices


class Difficulty(TextChoices):
    EASY = "easy", _("Easy")
    MEDIUM = "medium", _("Medium")
    HARD = "hard", _("Hard")


class QuestionState(TextChoices):
    READY = "ready", _("Ready")
    RETIRED = "retired", _("Retired")


class ExchangeFormat(TextChoices):
    GIFT = "gift", _("GIFT")
    MOODLE_XML = "moodle_xml", _("Moodle XML")
    AIKEN = "aiken", _("Aiken")


class ImportFate(TextChoices):
    """What became of a question of a file."""

    CAME = "came", _("Whole")
    LESS = "less", _("With losses")
    SAME = "same", _("Already there")
    LEFT = "left", _("Left out")


class QuizState(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class Counting(TextChoices):
    """Which of a learner's attempts makes the grade."""

    BEST = "best", _("The best attempt")
    LAST = "last", _("The last attempt")
    FIRST = "first", _("The first attempt")
    MEAN = "mean", _("The mean of all attempts")


class AiHelp(TextChoices):
    """How much AI helps a learner while an exam of theirs runs."""

    FULL = "full", _("as always")
    HINT = "hint", _("hints only")
    OFF = "off", _("not at all")


class ExamChat(TextChoices):
    """What a learner can do in the course's chat while an exam of theirs runs."""

    OPEN = "open", _("read and write")
    READ = "read", _("read only")
    CLOSED = "closed", _("nothing")


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


class Solutions(TextChoices):
    """From when learners who know their score also see the right answers and explanations."""

    AT_ONCE = "at_once", _("together with the score")
    LAST_ATTEMPT = "last_attempt", _("when they have no attempt left")
    CLOSED = "closed", _("when the quiz has closed for everybody")
    NEVER = "never", _("never")


class AttemptState(TextChoices):
    OPEN = "open", _("In progress")
    SUBMITTED = "submitted", _("Waiting for marking")
    SCORED = "scored", _("Scored")
    RELEASED = "released", _("Released")


class StepKind(TextChoices):
    STARTED = "started", _("Started")
    ANSWER_SAVED = "answer_saved", _("Answer saved")
    FLAGGED = "flagged", _("Flagged")
    EXTENDED = "extended", _("Time extended")
    PAUSED = "paused", _("Clock stopped")
    RESUMED = "resumed", _("Clock goes on")
    SUBMITTED = "submitted", _("Submitted")
    SCORED = "scored", _("Scored")
    REGRADED = "regraded", _("Regraded")
    MARKED = "marked", _("Marked")
    OVERRIDDEN = "overridden", _("Score changed")


class Verdict(TextChoices):
    CORRECT = "correct", _("Correct")
    PARTIAL = "partial", _("Partly correct")
    WRONG = "wrong", _("Not correct")
    UNANSWERED = "unanswered", _("Not answered")
    WAITING = "waiting", _("Waiting for marking")


class RegionShape(TextChoices):
    RECTANGLE = "rectangle", _("Rectangle")
    CIRCLE = "circle", _("Circle")
    POLYGON = "polygon", _("Polygon")


class ToleranceKind(TextChoices):
    ABSOLUTE = "absolute", _("plus or minus an amount")
    RELATIVE = "relative", _("plus or minus a share of the value")


class UnitRule(TextChoices):
    """Whether learners write the unit of a number themselves."""

    SHOWN = "shown", _("stands beside the field")
    OPTIONAL = "optional", _("may be written")
    REQUIRED = "required", _("must be written")


class DigitsRule(TextChoices):
    """How precisely a number must be written."""

    ANY = "any", _("as many as people like")
    FIGURES = "figures", _("significant figures")
    DECIMALS = "decimals", _("digits after the point")


class AssignmentState(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class LateUnit(TextChoices):
    """What a deduction for lateness is counted in; every unit that has begun counts."""

    NONE = "none", _("no deduction")
    HOUR = "hour", _("for each hour begun")
    DAY = "day", _("for each day begun")


class Resubmission(TextChoices):
    """When somebody who has submitted may submit again."""

    NEVER = "never", _("never")
    TIMES = "times", _("up to a number of times")
    UNTIL_DUE = "until_due", _("until it is due")
    WHEN_ASKED = "when_asked", _("when asked to revise")


class SubmissionState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")


class RubricKind(TextChoices):
    RUBRIC = "rubric", _("Rubric with levels")
    GUIDE = "guide", _("Marking guide")


class MarkRole(TextChoices):
    FIRST = "first", _("First marker")
    SECOND = "second", _("Second marker")


class MarkingState(TextChoices):
    """How far the marking of a submission is."""

    UNMARKED = "unmarked", _("To be marked")
    NEEDS_SECOND = "needs_second", _("Needs a second marker")
    NEEDS_AGREEMENT = "needs_agreement", _("Marks differ")
    MARKED = "marked", _("Marked, not released")
    RELEASED = "released", _("Released")


class PeerPhase(TextChoices):
    """The phases of a peer review, in order."""

    SETUP = "setup", _("Setting up")
    SUBMISSION = "submission", _("Handing in")
    ALLOCATION = "allocation", _("Giving out")
    REVIEW = "review", _("Reviewing")
    CLOSED = "closed", _("Closed")


class AppealState(TextChoices):
    OPEN = "open", _("Waiting")
    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Dismissed")

"""The words of questions and their bank."""

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
    FILE_UPLOAD = "file_upload", _("File upload")
    CODE = "code", _("Code")


def question_kinds() -> Sequence[tuple[str, StrOrPromise]]:
    """The choices of a column; called at run time, so that a new type needs no migration."""
    return QuestionKind.choices


class Difficulty(TextChoices):
    EASY = "easy", _("Easy")
    MEDIUM = "medium", _("Medium")
    HARD = "hard", _("Hard")


class QuestionState(TextChoices):
    """A draft is never asked and may be incomplete; a retired one is asked where it was."""

    DRAFT = "draft", _("Draft")
    READY = "ready", _("Ready")
    RETIRED = "retired", _("Retired")


class QuestionOrigin(TextChoices):
    """How a question came into its bank."""

    WRITTEN = "written", _("Written here")
    IMPORTED = "imported", _("Imported")
    GENERATED = "generated", _("Generated")
    COPIED = "copied", _("Copied")


class ShareLevel(TextChoices):
    """What somebody else may do with a bank."""

    READ = "read", _("use and copy")
    WRITE = "write", _("use, copy and change")


class BulkVerb(TextChoices):
    """What is done to many questions at once."""

    MOVE = "move", _("Move to a category")
    TAG = "tag", _("Add tags")
    UNTAG = "untag", _("Remove tags")
    SERVE = "serve", _("Add outcomes")
    UNSERVE = "unserve", _("Remove outcomes")
    STATE = "state", _("Set the state")
    DIFFICULTY = "difficulty", _("Set the difficulty")
    POINTS = "points", _("Set the points")
    COPY = "copy", _("Copy to another bank")


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

"""Words of the AI app that rows, requests and pages share."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from assessments.enums import Difficulty

__all__ = [
    "AiRole",
    "Bloom",
    "BudgetScope",
    "CallOutcome",
    "CheckName",
    "Confidence",
    "ContentKind",
    "Difficulty",
    "DraftState",
    "Period",
    "ProviderKind",
    "Purpose",
    "QuestionKind",
    "Rating",
    "SourceOrigin",
    "SwitchScope",
    "TutorHelp",
    "TutorStyle",
    "Use",
]


class QuestionKind(TextChoices):
    """The types that are generated; their words are those of the question bank."""

    SINGLE_CHOICE = "single_choice", _("Single choice")
    MULTIPLE_CHOICE = "multiple_choice", _("Multiple choice")
    TRUE_FALSE = "true_false", _("True or false")
    SHORT_ANSWER = "short_answer", _("Short answer")
    NUMERIC = "numeric", _("Number")


class Bloom(TextChoices):
    """What a question asks of learners (Bloom's revised taxonomy, the levels a quiz can reach)."""

    REMEMBER = "remember", _("Remember")
    UNDERSTAND = "understand", _("Understand")
    APPLY = "apply", _("Apply")
    ANALYSE = "analyse", _("Analyse")


class Purpose(TextChoices):
    """What a provider was called for."""

    QUESTIONS = "questions", _("Question generation")
    CONTENT = "content", _("Lesson text")
    TUTOR = "tutor", _("Tutor")
    MARKING = "marking", _("Marking drafts")
    SUMMARY = "summary", _("Summaries")
    TRANSLATION = "translation", _("Translation")
    EMBEDDING = "embedding", _("Search by meaning")
    MODERATION = "moderation", _("Moderation")
    PROBE = "probe", _("Connection check")
    CHECKING = "checking", _("Judging questions")


class ProviderKind(TextChoices):
    """How a provider is reached."""

    OPENAI_COMPATIBLE = "openai_compatible", _("An address that speaks OpenAI's protocol")
    LOCAL = "local", _("A model on this machine")
    EXTRACTIVE = "extractive", _("Rules, no model")


class AiRole(TextChoices):
    """As what somebody asks: their role in the course, or on the site when there is no course."""

    ADMIN = "admin", _("Administrator")
    INSTRUCTOR = "instructor", _("Instructor")
    ASSISTANT = "assistant", _("Assistant")
    LEARNER = "learner", _("Learner")
    OBSERVER = "observer", _("Observer")
    SYSTEM = "system", _("Cairn itself")


class BudgetScope(TextChoices):
    """Whose use a budget counts."""

    PERSON = "person", _("One person")
    ROLE = "role", _("Everybody of a role together")
    COURSE = "course", _("One course")
    SITE = "site", _("The whole site")


class Period(TextChoices):
    """How long a budget lasts; days and months are those of UTC."""

    DAY = "day", _("day")
    MONTH = "month", _("month")


class SwitchScope(TextChoices):
    """Where AI is off."""

    SITE = "site", _("The whole site")
    COURSE = "course", _("One course")
    PERSON = "person", _("One person")


class CallOutcome(TextChoices):
    """How one call to a provider ended."""

    ANSWERED = "answered", _("Answered")
    BAD_ANSWER = "bad_answer", _("Unusable answer")
    REFUSED = "refused", _("Refused")
    UNAVAILABLE = "unavailable", _("Unavailable")
    CUT = "cut", _("Broken off")
    LEFT = "left", _("Reader went away")
    LOST = "lost", _("Process ended")
    CACHED = "cached", _("From the cache")


class CheckName(TextChoices):
    """The checks of every generated question, in words for the reviewer."""

    SCHEMA = "schema", _("Fits its kind")
    COMPLETE = "complete", _("Complete")
    ONE_RIGHT_KEY = "one_right_key", _("One right key")
    DISTINCT_OPTIONS = "distinct_options", _("Options differ")
    NO_CATCH_ALL = "no_catch_all", _("No “all” or “none of the above”")
    EVIDENCE_IN_SOURCE = "evidence_in_source", _("Evidence stands in the source")
    ANSWER_IN_EVIDENCE = "answer_in_evidence", _("Evidence proves the answer")
    ABOUT_EVIDENCE = "about_evidence", _("Evidence is about what is asked")
    ONE_OPTION_SUPPORTED = "one_option_supported", _("Wrong options are wrong")
    NO_SECOND_KEY = "no_second_key", _("No second right answer in the source")
    KEY_NOT_IN_STEM = "key_not_in_stem", _("Question does not give the answer away")
    STEM_ASKS = "stem_asks", _("Asks something")
    NEGATIVES_MARKED = "negatives_marked", _("Negatives are marked")
    NOT_A_DUPLICATE = "not_a_duplicate", _("New")
    CLEAN_TEXT = "clean_text", _("Plain text")
    NO_ORDERS = "no_orders", _("Course content, no orders to a model")
    LENGTH_BALANCE = "length_balance", _("Length does not give the key away")
    READING_LEVEL = "reading_level", _("As readable as the source")
    NEEDS_PASSAGE = "needs_passage", _("Needs the passage")


class Confidence(TextChoices):
    """How sure a draft of a mark is; none of them is a probability."""

    AGREED = "agreed", _("Two readings agree")
    SAME = "same", _("The same words as an accepted answer")
    LOW = "low", _("Read once, or readings differ")
    LIKENESS = "likeness", _("By likeness alone; nobody has read it")
    OPEN = "open", _("Likeness alone cannot tell")
    NONE = "none", _("Nothing to go by")


class DraftState(TextChoices):
    """Where a generated question stands in review."""

    DRAFT = "draft", _("Waiting for review")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")


class Use(TextChoices):
    """Whether a request may ask a model."""

    AUTO = "auto", _("The connected model, and rules where it fails")
    RULES = "rules", _("Rules only: nothing leaves this server")


class TutorStyle(TextChoices):
    """How far the tutor of a course goes."""

    ANSWERS = "answers", _("It answers, with the places it has the answer from")
    SOCRATIC = "socratic", _("It asks back and points to the place, so that learners find out")
    HINTS = "hints", _("It only says where to read")
    OFF = "off", _("It is off")


class TutorHelp(TextChoices):
    """How much help one answer was allowed to give."""

    FULL = "full", _("Full")
    HINT = "hint", _("Hints only")
    OFF = "off", _("Off")


class Rating(TextChoices):
    """What a learner thought of an answer."""

    UP = "up", _("Helpful")
    DOWN = "down", _("Not helpful")


class ContentKind(TextChoices):
    """What can be made of a text besides questions."""

    OUTLINE = "outline", _("Course outline")
    LESSON = "lesson", _("Lesson draft")
    SUMMARY = "summary", _("Summary")
    KEY_TERMS = "key_terms", _("Key terms")
    FLASHCARDS = "flashcards", _("Flashcards")
    EXAMPLES = "examples", _("Worked examples")
    SIMPLER = "simpler", _("In simpler words")
    TRANSLATION = "translation", _("Translation")
    DISCUSSION = "discussion", _("Discussion prompts")
    RUBRIC = "rubric", _("Rubric")


class SourceOrigin(TextChoices):
    """Where the text of a request comes from."""

    LESSON = "lesson", _("Lesson")
    SECTION = "section", _("Section")
    COURSE = "course", _("Course")
    TITLE = "title", _("Title alone")
    TEXT = "text", _("Pasted text")
    PAGE = "page", _("Web page")
    FILE = "file", _("File")

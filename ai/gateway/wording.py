"""How a question is worded: what gives its key away, what trips readers, how hard it reads."""

import re

from django.utils.translation import gettext as _

from ai.enums import QuestionKind
from ai.gateway.provider import GeneratedQuestion
from ai.gateway.surroundings import Surroundings
from ai.gateway.text import sentences, words

# The key of single choice may be this much longer than the longest wrong option, once it is long.
MAX_RATIO = 1.5
LONG_KEY = 20
# From three such keys on, more than half of a batch is a pattern that learners find.
PATTERN = 3
NOTICEABLY = 1.2
# School years by which a question may read harder than its source, and those that always may be.
HARDER = 4.0
ALWAYS_READABLE = 10.0

_CATCH_ALL = re.compile(
    r"^\W*(?:(?:all|none|any|both|neither|some|either)(?: of)? (?:the |these |those )?"
    r"(?:above|below|these|those|options?|answers?|others?|following)|all of them|none of them|"
    r"both of them|"
    r"(?:both|neither|only|either)? ?[a-e1-5]\)? (?:and|or|nor|&) [a-e1-5]\)?|"
    r"(?:i do not|i don't|do not|don't) know|not (?:given|stated|mentioned)[\w ]{0,20}|"
    r"(?:it )?cannot be (?:known|determined|said)[\w ]{0,20})\W*$",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"\b(?:not|never|except|least|cannot|isn't|aren't|wasn't|doesn't|didn't)\b")
_ASKS_WHICH = re.compile(r"\b(?:which|what|who|whom|whose)\b", re.IGNORECASE)
_VOWELS = re.compile(r"[aeiouy]+")


def no_catch_all(question: GeneratedQuestion, around: Surroundings) -> str:
    """An option refers to the others instead of being an answer."""
    found = next((o.text for o in question.options if _CATCH_ALL.match(o.text.strip())), "")
    if not found:
        return ""
    return _("“%(text)s” refers to the other options instead of answering.") % {"text": found}


def negatives_marked(question: GeneratedQuestion, around: Surroundings) -> str:
    """A choice question turns on a small "not" that readers miss.

    Capitals mark it. "Why did he not ...?" and sentences with a gap do not turn on it.
    """
    stem = question.stem.strip()
    if question.kind not in {QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE}:
        return ""
    if "__" in stem or not _ASKS_WHICH.search(stem):
        return ""
    last = sentences(stem)[-1] if sentences(stem) else stem
    found = _NEGATIVE.search(last)
    if not found:
        return ""
    return _("The “%(word)s” in the question is not marked.") % {"word": found.group(0)}


def length_balance(question: GeneratedQuestion, around: Surroundings) -> str:
    """The length of the key gives it away, alone or as a pattern over the batch."""
    if question.kind != QuestionKind.SINGLE_CHOICE or not question.right or not question.wrong:
        return ""
    key, longest = len(question.right[0]), max(len(text) for text in question.wrong)
    if key > LONG_KEY and key > MAX_RATIO * longest:
        return _("The right answer is far longer than the others.")
    if not _key_sticks_out(question):
        return ""
    others = [one for one in around.batch if one.kind == QuestionKind.SINGLE_CHOICE]
    many = 1 + sum(1 for one in others if _key_sticks_out(one))
    if many >= PATTERN and many > (len(others) + 1) / 2:
        return _("In most questions of this batch the longest option is the right one.")
    return ""


def _key_sticks_out(question: GeneratedQuestion) -> bool:
    """Whether the key is visibly the longest option."""
    if not question.right or not question.wrong:
        return False
    key, longest = len(question.right[0]), max(len(text) for text in question.wrong)
    return key >= longest + 3 and key > NOTICEABLY * longest


def reading_level(question: GeneratedQuestion, around: Surroundings) -> str:
    """The question reads much harder than the text it is about."""
    stem = re.sub(r"_+", "it", question.stem)
    most = max(grade(around.source) + HARDER, ALWAYS_READABLE)
    here = grade(stem)
    if here <= most:
        return ""
    words_why = _("It reads at school year %(here)d; the text allows %(most)d.")
    return words_why % {"here": round(here), "most": round(most)}


def grade(text: str) -> float:
    """School year (US grade) that a text asks for: Kincaid et al. 1975, Flesch-Kincaid grade.

    0.39 words a sentence + 11.8 syllables a word - 15.59; syllables are counted by groups of
    vowels, without a silent e. 0 for a text without words.
    """
    found = words(text)
    if not found:
        return 0.0
    parts = max(1, len(sentences(text)))
    syllables = sum(_syllables(word) for word in found)
    return 0.39 * len(found) / parts + 11.8 * syllables / len(found) - 15.59


def _syllables(word: str) -> int:
    groups = len(_VOWELS.findall(word))
    silent = word.endswith("e") and not word.endswith("le") and groups > 1
    return max(1, groups - silent)

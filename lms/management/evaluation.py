"""All suites of the evaluation of AI, and what one report holds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lms.management.question_evaluation import Passage, evaluate, read_passages
from lms.management.stories import StoryError

if TYPE_CHECKING:
    from ai.enums import Use
    from ai.gateway.provider import Provider
    from ai.services.providers import Choice
    from lms.kernel.actors import Actor

# A short text cannot give so many: what comes is counted.
TOO_MANY, SHORT_WORDS = 30, 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be measured, on which texts, with which providers."""

    folder: Path
    suites: tuple[str, ...]
    count: int
    passages: int
    seed: int
    use: "Use"


def evaluate_all(wanted: Wanted) -> dict[str, Any]:
    """The report as JSON. Raises OSError, StoryError for texts that cannot be read."""
    from ai.services.providers import choose_to_measure
    from lms.kernel import clock
    from lms.kernel.actors import system

    actor = system("evaluation of AI")
    texts = read_passages(wanted.folder, most=wanted.passages, seed=wanted.seed)
    if not texts:
        raise StoryError(f"{wanted.folder} holds no .txt file with text and no story.")
    choice = choose_to_measure(actor, wanted.use)
    report: dict[str, Any] = {
        "date": clock.now().isoformat(),
        "passages": len(texts),
        "words": sum(len(text.text.split()) for text in texts),
        "seed": wanted.seed,
        "count": wanted.count,
        "embedder": choice.embedder.name,
        "remarks": list(choice.remarks),
        "providers": [_provider(wanted, texts, one, choice) for one in choice.providers],
    }
    return {**report, **_without_texts(wanted, actor, choice)}


def _provider(
    wanted: Wanted, texts: Sequence[Passage], provider: "Provider", choice: "Choice"
) -> dict[str, Any]:
    """What one provider does with the texts, by itself."""
    from ai.enums import QuestionKind
    from lms.management.injection_evaluation import evaluate_injection

    found: dict[str, Any] = {
        "provider": provider.name,
        "model": provider.model,
        "prompt_version": provider.prompt_version,
    }
    kind, embedder = QuestionKind.SINGLE_CHOICE, choice.embedder
    if "questions" in wanted.suites:
        made = evaluate(
            texts, [provider], kind=kind, count=wanted.count, embedder=embedder, judge=choice.judge
        )
        short = [_shortened(texts)]
        few = evaluate(short, [provider], kind=kind, count=TOO_MANY, embedder=embedder)
        found["questions"] = made.summary()
        found["too_many"] = {
            "asked": TOO_MANY,
            "words": SHORT_WORDS,
            "accepted": few.summary()["accepted"],
        }
    if "injection" in wanted.suites:
        found["injection"] = evaluate_injection(texts, [provider], embedder)
    return found


def _without_texts(wanted: Wanted, actor: "Actor", choice: "Choice") -> dict[str, Any]:
    """The suites that bring texts of their own, or need stories with questions."""
    from ai.enums import Use
    from lms.management.marking_evaluation import evaluate_likeness, evaluate_readings
    from lms.management.planted_evaluation import evaluate_planted

    found: dict[str, Any] = {}
    if "planted" in wanted.suites:
        found["planted"] = evaluate_planted(choice.embedder)
    if "marking" in wanted.suites:
        found["marking"] = {"short_answers": evaluate_likeness(choice.embedder)}
        if wanted.use != Use.RULES and len(choice.providers) > 1:
            found["marking"]["works"] = evaluate_readings(actor)
    stories, questions = wanted.folder / "stories", wanted.folder / "questions"
    if "retrieval" in wanted.suites and stories.is_dir() and questions.is_dir():
        found["retrieval"] = _retrieval(stories, questions)
    return found


def _retrieval(stories: Path, questions: Path) -> dict[str, Any]:
    """How well places are found, in a course that is rolled back.

    Every fourth story is left out, so that questions about it are foreign.
    """
    from django.db import transaction

    from ai.services.meaning import meaning_model
    from lms.management.retrieval_loading import build_library, evaluate, read_questions

    names = sorted(path.stem.removesuffix("-story") for path in stories.glob("*-story.csv"))
    left_out = set(names[3::4])
    with transaction.atomic():
        library = build_library(stories, left_out)
        known = {story for story, _number in library.places.values()}
        asked = read_questions(questions, known)
        model = meaning_model()
        found = {
            "stories": len(known),
            "left_out": sorted(left_out),
            "model": model,
            "words_alone": evaluate(library, asked, meaning=False).with_intervals(),
        }
        if model is not None:
            tally = evaluate(library, asked, meaning=True)
            found["words_and_meaning"] = tally.with_intervals()
        transaction.set_rollback(True)
    return found


def _shortened(texts: Sequence[Passage]) -> Passage:
    """The beginning of the longest text, its lines as they are: they tell headings apart."""
    longest = max(texts, key=lambda text: len(text.text))
    words = list(re.finditer(r"\S+", longest.text))[:SHORT_WORDS]
    return Passage(longest.name, longest.text[: words[-1].end()])

"""`manage.py eval_retrieval STORIES QUESTIONS`: how well the tutor finds what answers."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction


class Command(BaseCommand):
    """Make a course of stories, ask questions as a learner, count, and leave nothing behind."""

    help = (
        "Hit@1/3/5/10 and MRR of the section that answers, and how many questions were declined, "
        "for two folders of CSV files as FairytaleQA has them. Questions about stories that are "
        "not in the first folder, or with 'yes' in a column 'foreign', ought to be declined."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("stories", type=Path, help="folder of NAME-story.csv: section, text")
        parser.add_argument(
            "questions", type=Path, help="folder of NAME-questions.csv: question, cor_section"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--leave-out",
            action="append",
            default=[],
            metavar="NAME",
            help="a story to keep out of the course, which makes its questions foreign",
        )

    def handle(self, *_args: str, **options: Any) -> None:
        from lms.management.stories import StoryError

        try:
            with transaction.atomic():
                report = _report(options["stories"], options["questions"], options["leave_out"])
                transaction.set_rollback(True)
        except StoryError as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=1))
            return
        for name, value in report.items():
            self.stdout.write(f"{name}: {value}")


def _report(stories: Path, questions: Path, leave_out: list[str]) -> dict[str, Any]:
    """The figures as the tutor works here, with words alone beside them."""
    from ai.services.meaning import meaning_model
    from lms.management.retrieval_loading import build_library, evaluate, read_questions

    library = build_library(stories, set(leave_out))
    asked = read_questions(questions, {story for story, _number in library.places.values()})
    words = evaluate(library, asked, meaning=False).as_json()
    model = meaning_model()
    if model is None:
        return {**words, "model": None, "words_alone": words}
    return {
        **evaluate(library, asked, meaning=True).as_json(),
        "model": model,
        "words_alone": words,
    }

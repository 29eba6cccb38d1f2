"""`manage.py story_course <story>`: a story becomes a course with questions to review."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

DEFAULT_TEACHER = "instructor@example.com"


class Command(BaseCommand):
    """Import one story and report on the questions generated from it."""

    help = (
        "Make a draft course of a story in sections (CSV), generate questions for each lesson, "
        "and report how many were valid, answerable and rejected."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        from ai.enums import QuestionKind

        parser.add_argument("story", help="a CSV file, or its name among the shared stories")
        parser.add_argument("--teacher", default=DEFAULT_TEACHER, help="address of the instructor")
        parser.add_argument("--count", type=int, default=5, help="questions for each lesson")
        parser.add_argument(
            "--kind", default=QuestionKind.SINGLE_CHOICE, choices=QuestionKind.values
        )
        parser.add_argument("--report", type=Path, help="write the whole report here as JSON")

    def handle(self, *_args: str, **options: Any) -> None:
        from accounts.models import User
        from ai.enums import QuestionKind
        from lms.kernel.actors import for_user
        from lms.kernel.errors import KernelError
        from lms.management.stories import StoryError, find_story, read_story
        from lms.management.story_loading import StoryReport, ask_about, build_story

        teacher = User.objects.filter(email=options["teacher"]).first()
        if teacher is None:
            message = f"Nobody here has the address {options['teacher']}."
            raise CommandError(message)
        actor, kind = for_user(teacher), QuestionKind(options["kind"])
        try:
            story = read_story(find_story(options["story"], settings.BASE_DIR))
            course, lessons = build_story(actor=actor, story=story)
            report = StoryReport(story.title, course.slug)
            for lesson in lessons:
                report.lessons.append(
                    ask_about(actor=actor, lesson=lesson, kind=kind, count=options["count"])
                )
        except (StoryError, KernelError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(report.as_text())
        if options["report"] is not None:
            text = json.dumps(report.as_json(), ensure_ascii=False, indent=1)
            options["report"].write_text(text + "\n", encoding="utf-8")

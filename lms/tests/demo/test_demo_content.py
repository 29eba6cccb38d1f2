"""The demo's files are whole, and what they print and claim is true."""

import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from lms.management.demo_content import DemoLesson, load_course, load_courses
from lms.management.demo_files import FOLDER, DemoContentError
from lms.management.demo_people import load_conversations, load_people

PROGRAM = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n(?P<output>.*?)\n```", re.DOTALL)
LESSONS = [lesson for course in load_courses() for lesson in course.lessons]


def copy_course(tmp_path: Path) -> Path:
    folder = tmp_path / "how-bridges-stand-up"
    shutil.copytree(FOLDER / "how-bridges-stand-up", folder)
    return folder


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_first_course_has_four_parts_of_three_lessons_and_a_quiz() -> None:
    course = load_courses()[0]
    assert [len(section.items) for section in course.sections] == [4, 4, 4, 4]
    assert [len(course.lessons), len(course.quizzes)] == [12, 4]
    assert [len(quiz.questions) for quiz in course.quizzes] == [7, 7, 7, 8]
    assert [lesson.free_preview for lesson in course.lessons] == [True, True, *[False] * 10]


def test_second_course_has_four_lessons_and_a_quiz() -> None:
    course = load_courses()[1]
    assert [len(course.lessons), len(course.quizzes)] == [4, 1]
    assert len(course.quizzes[0].questions) == 7


def test_every_kind_of_question_is_asked() -> None:
    kinds = {
        question.kind
        for course in load_courses()
        for quiz in course.quizzes
        for question in quiz.questions
    }
    assert kinds == {"single_choice", "multiple_choice", "true_false", "short_answer", "numeric"}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)
def test_lesson_is_long_enough_to_teach_and_short_enough_to_read(lesson: DemoLesson) -> None:
    words = len(re.sub(r"```.*?```", "", lesson.markdown, flags=re.DOTALL).split())
    assert 600 <= words <= 1_000


@pytest.mark.parametrize(
    "lesson",
    [lesson for lesson in LESSONS if PROGRAM.search(lesson.markdown)],
    ids=lambda lesson: lesson.key,
)
def test_printed_output_is_what_the_program_prints(lesson: DemoLesson) -> None:
    programs = list(PROGRAM.finditer(lesson.markdown))
    assert lesson.markdown.count("```python") == len(programs)
    mark = "----next----"
    source = f"print({mark!r})\n".join(program["code"] for program in programs)
    ran = subprocess.run(
        [sys.executable, "-I", "-c", source], capture_output=True, text=True, check=True, timeout=60
    )
    outputs = [part.strip("\n") for part in ran.stdout.split(f"{mark}\n")]
    assert outputs == [program["output"].strip("\n") for program in programs]


@pytest.mark.parametrize(
    ("quiz", "number", "computed"),
    [
        (0, 2, (10 * 20 + 30 * 40) / 40),
        (0, 4, (6 + 7) / 2),
        (0, 7, (2 / 1000) / (9 / 7500)),
        (1, 1, 100 * 190 / (190 + 980)),
        (1, 3, 100 * 0.3 * 0.5),
        (1, 6, (12 / 1.5) ** 2),
        (2, 2, 14 + 2 * 3 / 36**0.5),
        (2, 6, 100 * (1 - 0.95**10)),
        (2, 7, 16 * 6**2 / 3**2),
        (3, 1, 70 + 0.6 * (90 - 70)),
        (3, 7, 100 * 300 / 1200),
        (3, 8, min(300, 0.4 * 1200) - 0.4 * 300),
        (4, 2, 2**3),
        (4, 3, 12 * 60**2 / (8 * 9)),
        (4, 5, 2 * 8 - 3),
    ],
)
def test_key_of_a_numeric_question_is_right(quiz: int, number: int, computed: float) -> None:
    quizzes = [quiz for course in load_courses() for quiz in course.quizzes]
    question = quizzes[quiz].questions[number - 1]
    assert question.answer is not None
    assert question.tolerance is not None
    assert abs(question.answer - Decimal(str(computed))) <= question.tolerance


def test_every_numeric_question_is_recomputed_above() -> None:
    numeric = sum(
        question.kind == "numeric"
        for course in load_courses()
        for quiz in course.quizzes
        for question in quiz.questions
    )
    assert numeric == 15


def test_people_are_seven_logins_and_forty_invented_learners() -> None:
    people = load_people()
    assert [person.email for person in people.accounts] == [
        "admin@example.com",
        "instructor@example.com",
        "instructor2@example.com",
        "assistant@example.com",
        "analyst@example.com",
        "student@example.com",
        "student2@example.com",
    ]
    assert len(people.learners) == 40
    assert {person.learns[0].archetype for person in people.learners} == set(people.archetypes)


def test_conversations_name_known_people_and_courses() -> None:
    said = load_conversations(load_people())
    slugs = {course.slug for course in load_courses()}
    assert {item.course for item in said.chat} == slugs
    assert {item.course for item in said.announcements} == slugs
    assert sum(len(item.lines) for item in said.chat) >= 45


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        (
            "01-push-and-pull.md",
            "minutes: 9",
            "minutes: 0",
            "how-bridges-stand-up/01-push-and-pull.md: front matter: 'minutes' is below 1",
        ),
        (
            "01-push-and-pull.md",
            "title: Push",
            "titel: Push",
            "how-bridges-stand-up/01-push-and-pull.md: front matter: 'title' is missing",
        ),
        (
            "01-push-and-pull.md",
            "free_preview: true",
            "free_preview",
            (
                "how-bridges-stand-up/01-push-and-pull.md: front matter: 'free_preview' is not"
                " 'key: value'"
            ),
        ),
        (
            "01-push-and-pull.md",
            "---\ntitle",
            "title",
            (
                "how-bridges-stand-up/01-push-and-pull.md: must begin with front matter between two"
                " --- lines"
            ),
        ),
        (
            "quiz-reading-a-bridge.json",
            '"correct": true',
            '"correct": false',
            (
                "how-bridges-stand-up/quiz-reading-a-bridge.json: questions 1: 0 of 4 options are"
                " marked correct"
            ),
        ),
        (
            "quiz-reading-a-bridge.json",
            '"answer": "8"',
            '"answer": "eight"',
            (
                "how-bridges-stand-up/quiz-reading-a-bridge.json: questions 2: 'answer' is not a"
                " number"
            ),
        ),
        (
            "quiz-reading-a-bridge.json",
            '"attempts_allowed": 2',
            '"attempts_allowed": true',
            (
                "how-bridges-stand-up/quiz-reading-a-bridge.json: 'attempts_allowed' has the wrong"
                " type"
            ),
        ),
        (
            "quiz-reading-a-bridge.json",
            '"lesson": "01-push-and-pull"',
            '"lesson": "99-elsewhere"',
            "how-bridges-stand-up/quiz-reading-a-bridge.json: no lesson is called '99-elsewhere'",
        ),
        (
            "course.json",
            '"slug": "how-bridges-stand-up"',
            '"slug": "bridges"',
            "how-bridges-stand-up/course.json: the slug 'bridges' is not the folder's name",
        ),
        (
            "course.json",
            '"04-when-bridges-move", ',
            "",
            "how-bridges-stand-up/course.json: not in the outline: 04-when-bridges-move",
        ),
        (
            "course.json",
            '"04-when-bridges-move"',
            '"01-push-and-pull"',
            "how-bridges-stand-up/course.json: an item stands twice in the outline",
        ),
        (
            "course.json",
            '"quiz-reading-a-bridge"',
            '"quiz-about-tunnels"',
            "how-bridges-stand-up/quiz-about-tunnels.json: the file is missing",
        ),
    ],
)
def test_broken_file_is_named_in_the_error(
    tmp_path: Path, name: str, old: str, new: str, complaint: str
) -> None:
    folder = copy_course(tmp_path)
    change(folder / name, old, new)
    with pytest.raises(DemoContentError) as caught:
        load_course(folder)
    assert str(caught.value) == complaint


def test_course_file_that_is_not_json_is_named(tmp_path: Path) -> None:
    folder = copy_course(tmp_path)
    (folder / "course.json").write_text("{", encoding="utf-8")
    with pytest.raises(DemoContentError, match=r"^how-bridges-stand-up/course.json: not JSON"):
        load_course(folder)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("admin@example.com", "student@example.com", "student@example.com stands twice"),
        ("admin@example.com", "admin@example.net", "admin@example.net is not at example.com"),
        (
            '"archetype": "steady"',
            '"archetype": "lazy"',
            "learns 1: 'archetype' is 'lazy', not one of",
        ),
    ],
)
def test_people_file_is_checked(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    shutil.copy(FOLDER / "people.json", tmp_path)
    change(tmp_path / "people.json", old, new)
    with pytest.raises(DemoContentError) as caught:
        load_people(tmp_path)
    assert complaint in str(caught.value)


def test_speaker_must_be_somebody(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "conversations.json", tmp_path)
    change(tmp_path / "conversations.json", '"priya.marigold@example.com"', '"x@example.com"')
    with pytest.raises(DemoContentError, match=r"chat 1: 'lines' is 'x@example.com'"):
        load_conversations(load_people(), tmp_path)

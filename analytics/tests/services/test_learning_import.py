"""Outside learning comes in once, about people nobody can reach, and goes away again."""

import gzip
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.models import User
from accounts.tests.factories import UserFactory
from analytics.models import DailyActivity, ImportedCourse, LearnerFeature, LearningImport
from analytics.scoring.acts import Act, Refused, Verb
from analytics.services import learning_import as service
from analytics.services.learning_import import import_learning, undo_import
from analytics.tests.factories import drain
from assessments.models import Grade, GradeChange
from courses.models import Course, Enrolment
from lms.kernel import actors
from lms.kernel.errors import Denied, Invalid
from lms.kernel.models import EventRecord

pytestmark = [pytest.mark.django_db, pytest.mark.services]
ME = actors.system("test")
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
Lines = list[Act | Refused]


def act(line: int, learner: str, verb: Verb, **fields: Any) -> Act:
    at = START + timedelta(hours=line)
    return Act(
        **{"line": line, "course": "Maths", "learner": learner, "at": at, "verb": verb, **fields}
    )


def lines() -> Lines:
    ten = {"object": "Test", "max_score": Decimal(10)}
    return [
        act(1, "ann", Verb.VIEWED, object="Page", seconds=60),
        act(2, "ann", Verb.SUBMITTED, score=Decimal(7), **ten),
        Refused(3, "“soon” is no time"),
        act(4, "bob", Verb.JOINED),
        act(5, "bob", Verb.SCORED, score=Decimal(11), **ten),
        act(6, "bob", Verb.COMPLETED, course="Physics"),
        act(7, "bob", Verb.LEFT),
    ]


def bring(given: Iterable[Act | Refused] | None = None, **more: Any) -> LearningImport:
    teacher = User.objects.filter(email="teacher@example.com").first() or UserFactory(
        email="teacher@example.com", instructor=True
    )
    return import_learning(
        actor=ME,
        teacher=teacher,
        source="acts.csv",
        fingerprint="f" * 64,
        lines=lines() if given is None else given,
        **more,
    )


def learners() -> list[User]:
    return list(User.objects.filter(email__endswith="@imported.invalid").order_by("pk"))


def test_events_and_grades_are_as_they_were_then() -> None:
    row = bring()
    assert (row.done, row.events, row.grades, row.refused) == (7, 3, 1, 2)
    assert row.problems == [
        [3, "“soon” is no time"],
        [5, "The score lies between 0 and 10."],
    ]
    grade = Grade.objects.get()
    assert (grade.score, grade.max_score, grade.released) == (Decimal(7), Decimal(10), False)
    assert GradeChange.objects.get().at == START + timedelta(hours=2)
    ann, bob = learners()
    told = EventRecord.objects.get(kind="courses.lesson_viewed")
    assert (told.occurred_at, told.actor_id) == (START + timedelta(hours=1), ann.pk)
    maths = ImportedCourse.objects.get(key="Maths").course
    assert Enrolment.objects.get(course=maths, user=bob).state == "left"
    assert maths.state == "archived"
    assert maths.learner_count == 1  # bob left


@pytest.mark.django_db(transaction=True)
def test_the_fold_counts_what_was_imported() -> None:
    bring()
    drain()
    ann = learners()[0]
    figures = LearnerFeature.objects.get(user=ann)
    assert (figures.seconds, figures.attempts_submitted, figures.scored) == (60, 1, 1)


def test_nobody_can_be_reached_or_recognised() -> None:
    bring()
    for one in learners():
        assert not one.is_active
        assert not one.has_usable_password()
        assert "ann" not in one.email + one.name
    assert mail.outbox == []


def test_the_same_source_comes_in_once() -> None:
    first = bring()
    before = EventRecord.objects.count()
    assert bring() == first
    assert EventRecord.objects.count() == before
    assert LearningImport.objects.count() == 1


def test_an_import_that_stopped_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PIECE", 2)

    def broken() -> Iterable[Act | Refused]:
        yield from lines()[:4]
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        bring(broken())
    assert LearningImport.objects.get().done == 4
    heard: list[int] = []
    row = bring(told=lambda one: heard.append(one.done))
    assert heard == [6, 7]
    assert (row.events, row.grades, row.refused) == (3, 1, 2)


@pytest.mark.django_db(transaction=True)
def test_undoing_takes_it_all_but_the_history_of_grades() -> None:
    kept = UserFactory()
    row = bring()
    drain()
    assert undo_import(actor=ME, row=row) > 3
    assert undo_import(actor=ME, row=row) == 0
    assert (
        not EventRecord.objects.filter(course_id__in=row.courses.values("course"))
        .exclude(kind="courses.course_deleted")
        .exists()
    )
    assert not DailyActivity.objects.exists()
    assert learners() == []
    assert User.objects.filter(pk=kept.pk).exists()
    assert not Course.objects.filter(deleted_at=None).exists()
    person = Grade.objects.get().learner
    assert (person.name, person.email) == ("", f"erased-{person.pk}@erased.invalid")
    again = bring()
    assert again.pk != row.pk
    assert again.events == 3


def test_administrators_alone_and_for_somebody_who_teaches() -> None:
    somebody = UserFactory()
    with pytest.raises(Denied):
        import_learning(
            actor=actors.for_user(somebody), teacher=somebody, source="", fingerprint="", lines=[]
        )
    with pytest.raises(Invalid):
        import_learning(actor=ME, teacher=somebody, source="", fingerprint="", lines=[])
    with pytest.raises(Denied):
        undo_import(actor=actors.for_user(somebody), row=bring())


def test_the_command_imports_a_table_and_takes_it_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    UserFactory(email="t@example.com", instructor=True)
    table, mapping = tmp_path / "acts.csv", tmp_path / "map.json"
    table.write_text("who,when\nann,2026-01-02\nbob,soon\n", encoding="utf-8")
    mapping.write_text(
        json.dumps({"columns": {"learner": "who", "time": "when"}, "course": "Old course"})
    )
    given = ("import_learning", str(table), "--mapping", str(mapping), "--teacher", "t@example.com")
    with override_settings(PRODUCTION=True), pytest.raises(CommandError, match="--in-production"):
        call_command(*given)
    call_command(*given)
    said = capsys.readouterr()
    assert "1 courses, 1 events, 0 grades, 1 lines refused" in said.out
    assert "line 3: “soon” is no time" in said.err
    row = LearningImport.objects.get()
    call_command("import_learning", "--undo", row.public_id)
    assert "is undone" in capsys.readouterr().out
    for wrong in (("--undo", "nothing"), (), (str(table), "--mapping", "missing.json")):
        with pytest.raises(CommandError):
            call_command("import_learning", *wrong)


def test_the_command_imports_open_university_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    UserFactory(email="t@example.com", instructor=True)
    tables = {
        "course": "code_module,code_presentation,module_presentation_length\nAAA,2013J,268\n",
        "assessment": "code_module,code_presentation,id_assessment,assessment_type,date,weight\n"
        "AAA,2013J,1752,TMA,19,10\n",
        "student": "code_module,code_presentation,id_student,final_result\nAAA,2013J,11391,Pass\n",
        "student_registration": "code_module,code_presentation,id_student,date_registration,"
        "date_unregistration\nAAA,2013J,11391,-159,\n",
        "student_assessment": "id_assessment,id_student,date_submitted,is_banked,score\n"
        "1752,11391,18,0,78\n",
    }
    for name, text in tables.items():
        with gzip.open(tmp_path / f"{name}.csv.gz", "wt", encoding="utf-8") as file:
            file.write(text)
    given = ("import_oulad", str(tmp_path), "--teacher", "t@example.com", "--presentation")
    call_command(*given, "2013J")
    assert "1 courses, 1 events, 1 grades, 0 lines refused" in capsys.readouterr().out
    course = Course.objects.get(title="AAA/2013J")
    assert (course.starts_at, course.ends_at) == (
        datetime(2013, 10, 1, tzinfo=UTC),
        datetime(2014, 6, 26, tzinfo=UTC),
    )
    assert Grade.objects.get().score == Decimal(78)
    for wrong in ((*given, "1999B"), ("import_oulad",), (*given, "2013J", "--teacher", "x@y.z")):
        with pytest.raises(CommandError):
            call_command(*wrong)

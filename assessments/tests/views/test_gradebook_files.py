import re
from decimal import Decimal
from html import unescape
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from assessments.models import CourseTotal, Grade, GradeChange, GradeItem
from assessments.queries.reconcile import mismatches
from assessments.services.cells import set_cell
from assessments.services.grade_status import StatusFields, archive_status, create_status
from assessments.services.gradebook import ItemFields, create_manual_item
from assessments.tests.factories import School, make_school

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def item(school: School) -> GradeItem:
    return create_manual_item(
        actor=school.actor("instructor"),
        course=school.course,
        fields=ItemFields(title="=Talk", max_score=Decimal(10)),
    )


@pytest.fixture
def client(school: School) -> Client:
    client = Client()
    client.force_login(school.assistant)
    return client


def url(school: School, path: str) -> str:
    return f"/teach/{school.course.slug}/gradebook/{path}"


def table(school: School, item: GradeItem, *scores: str, more: str = "") -> SimpleUploadedFile:
    people = (school.learner.public_id, school.classmate.public_id)
    lines = [f"{who},x,{score}" for who, score in zip(people, scores, strict=False)]
    text = "\n".join([f"id,learner,Talk [{item.public_id}]", *lines, more])
    return SimpleUploadedFile("grades.csv", text.encode())


def look(school: School, client: Client, file: SimpleUploadedFile) -> tuple[int, str, str]:
    answer = client.post(url(school, "import/"), {"file": file})
    page = answer.content.decode()
    found = re.search(r'name="plan" value="([^"]*)"', page)
    return answer.status_code, page, unescape(found.group(1)) if found else ""


def give(school: School, item: GradeItem, score: str, who: str = "learner") -> Grade:
    return set_cell(
        actor=school.actor("instructor"),
        item=item,
        learner=getattr(school, who),
        score=Decimal(score),
    )


def test_an_export_is_imported_after_a_look(
    school: School, client: Client, item: GradeItem
) -> None:
    give(school, item, "4")
    text = client.get(url(school, "export.csv")).content.decode("utf-8-sig")
    assert f"'=Talk [{item.public_id}]" in text  # C7
    assert f"{school.learner.public_id},{school.learner.name},4,40" in text
    status, page, plan = look(school, client, table(school, item, "4", "9.5l"))
    assert status == 200
    assert "1 cell would change" in page
    assert "1 cell is the same already." in page
    assert Grade.objects.count() == 1
    assert client.post(url(school, "import/"), {"plan": plan}).status_code == 302
    grade = Grade.objects.get(learner=school.classmate)
    assert (grade.score, grade.status) == (Decimal("9.5"), "late")
    assert GradeChange.objects.latest("pk").source == "import"
    assert CourseTotal.objects.get(learner=school.classmate).total == 95
    assert not any(mismatches().values())


def test_statuses_of_the_course_go_out_and_come_in_again(
    school: School, client: Client, item: GradeItem
) -> None:
    teacher = school.actor("instructor")
    made, gone = (
        create_status(
            actor=teacher, course=school.course, fields=StatusFields(name=name, sign=sign)
        )
        for name, sign in (("Incomplete", "inc"), ("Withdrawn", "wd"))
    )
    set_cell(actor=teacher, item=item, learner=school.learner, score=None, status=gone.key)
    archive_status(actor=teacher, course=school.course, key=gone.key, archived=True)
    status, _page, plan = look(school, client, table(school, item, "WD", "7 inc"))
    assert status == 200
    assert client.post(url(school, "import/"), {"plan": plan}).status_code == 302
    grade = Grade.objects.get(learner=school.classmate)
    assert (grade.score, grade.status) == (Decimal(7), made.key)
    text = client.get(url(school, "export.csv")).content.decode()
    assert {line.split(",")[2] for line in text.splitlines()[1:]} == {"7inc", "wd"}
    sheet = load_workbook(BytesIO(client.get(url(school, "export.xlsx")).content)).worksheets[0]
    assert {row[2].value for row in sheet.iter_rows(min_row=2)} == {"7inc", "wd"}
    status, page, plan = look(school, client, table(school, item, "7", "wd"))
    assert (status, plan) == (400, "")
    assert "“Withdrawn” is archived" in page


def test_an_import_is_never_half_done(school: School, client: Client, item: GradeItem) -> None:
    _status, _page, plan = look(school, client, table(school, item, "5", "6"))
    give(school, item, "1", "classmate")
    answer = client.post(url(school, "import/"), {"plan": plan}, follow=True)
    assert "Nothing was imported." in answer.content.decode()
    assert school.classmate.display_name in answer.content.decode()
    assert list(Grade.objects.values_list("score", flat=True)) == [1]


def test_the_report_names_every_problem(school: School, client: Client, item: GradeItem) -> None:
    status, page, plan = look(school, client, table(school, item, "11", "seven", more="nobody,x,3"))
    assert (status, plan) == (400, "")
    for words in ("is more than 10", "“seven” is no grade", "Nobody with the id nobody"):
        assert words in unescape(page)
    status, page, _plan = look(school, client, SimpleUploadedFile("x.csv", b"name\nAda\n"))
    assert status == 400
    assert "Start from an exported file" in page
    assert not Grade.objects.exists()


def test_a_plan_belongs_to_who_made_it(school: School, client: Client, item: GradeItem) -> None:
    _status, _page, plan = look(school, client, table(school, item, "5"))
    other = Client()
    other.force_login(school.instructor)
    for someone, sent in ((other, plan), (client, plan + "x")):
        someone.post(url(school, "import/"), {"plan": sent})
    assert not Grade.objects.exists()


def test_a_workbook_goes_out_and_comes_in_again(
    school: School, client: Client, item: GradeItem
) -> None:
    give(school, item, "3")
    answer = client.get(url(school, "export.xlsx"))
    assert answer["Content-Disposition"].endswith('-grades.xlsx"')
    book = load_workbook(BytesIO(answer.content))
    sheet = book.worksheets[0]
    assert sheet["C1"].value == f"'=Talk [{item.public_id}]"
    names = {str(row[0].value): row for row in sheet.iter_rows(min_row=2)}
    names[school.learner.public_id][2].value = 8.5
    names[school.classmate.public_id][2].value = "m"
    out = BytesIO()
    book.save(out)
    code, page, plan = look(school, client, SimpleUploadedFile("g.xlsx", out.getvalue()))
    assert (code, "2 cells would change" in page) == (200, True)
    assert client.post(url(school, "import/"), {"plan": plan}).status_code == 302
    found = dict(Grade.objects.values_list("learner__pk", "score"))
    assert found == {school.learner.pk: Decimal("8.5"), school.classmate.pk: None}


def test_a_formula_in_a_workbook_is_a_problem(
    school: School, client: Client, item: GradeItem
) -> None:  # C7
    book = load_workbook(BytesIO(client.get(url(school, "export.xlsx")).content))
    book.worksheets[0]["C2"].value = "=1+1"
    out = BytesIO()
    book.save(out)
    code, page, plan = look(school, client, SimpleUploadedFile("g.xlsx", out.getvalue()))
    assert (code, plan) == (400, "")
    assert "“=1+1” is no grade." in page
    code, page, _plan = look(school, client, SimpleUploadedFile("g.xlsx", b"PK\x03\x04 no"))
    assert code == 400
    assert "This is no workbook that can be read." in page

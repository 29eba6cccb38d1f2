"""Say in the history what grades were before they had a status, and guard it again (D3).

SQLite rebuilt the table and so lost its triggers; PostgreSQL's must not stop the filling in of
columns that are new.
"""

from django.db import migrations

TABLE = "assessments_gradechange"
BLANK = "reason"
KEPT = (
    "id",
    "grade_id",
    "attempt_id",
    "source",
    "before",
    "after",
    "max_score",
    "status_before",
    "status_after",
    "released_before",
    "released_after",
    "at",
    "actor_id",
)
NAMES = ("keep", "blank", "stay")


def unguard(_apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    on_table = f" ON {TABLE}" if postgresql else ""
    for name in NAMES:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{name}{on_table}")


def guard(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_keep BEFORE UPDATE OR DELETE ON {TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_guard()"
        )
        return
    columns = ", ".join(f'"{column}"' for column in KEPT)
    stop = f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
    for statement in (
        f"CREATE TRIGGER {TABLE}_keep BEFORE UPDATE OF {columns} ON {TABLE} {stop}",
        f"CREATE TRIGGER {TABLE}_blank BEFORE UPDATE OF {BLANK} ON {TABLE} "
        f"WHEN NEW.{BLANK} IS NOT '' {stop}",
        f"CREATE TRIGGER {TABLE}_stay BEFORE DELETE ON {TABLE} {stop}",
    ):
        schema_editor.execute(statement, params=None)


def fill(apps, _schema_editor):
    Grade = apps.get_model("assessments", "Grade")
    GradeChange = apps.get_model("assessments", "GradeChange")
    GradeItem = apps.get_model("assessments", "GradeItem")
    changes = GradeChange.objects.all()
    changes.filter(before__isnull=False).update(status_before="graded")
    for grade in Grade.objects.order_by("pk").iterator():
        of_grade = changes.filter(grade_id=grade.pk)
        of_grade.update(max_score=grade.max_score)
        last = of_grade.order_by("-pk").values_list("pk", flat=True).first()
        changes.filter(pk=last).update(released_after=grade.released)
    places = {}
    for item in GradeItem.objects.order_by(
        "course_id", "quiz__lesson__section__ordinal", "quiz__lesson__ordinal", "pk"
    ):
        item.ordinal = places[item.course_id] = places.get(item.course_id, 0) + 1
        item.save(update_fields=["ordinal"])


def nothing(_apps, _schema_editor):
    """Backwards the new columns go away with what they say."""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0004_general_grades")]
    operations = [
        migrations.RunPython(unguard, guard),
        migrations.RunPython(fill, nothing),
        migrations.RunPython(guard, unguard),
    ]

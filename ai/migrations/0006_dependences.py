"""Questions accepted before dependences were written depend on the blocks their drafts name."""

from typing import Any

from django.db import migrations

BATCH = 500


def fill(apps: Any, _schema_editor: Any) -> None:
    """One row per accepted question and block of its lesson."""
    draft_model, dependence = apps.get_model("ai", "Draft"), apps.get_model("ai", "Dependence")
    rows = draft_model.objects.filter(
        state="accepted", lesson__isnull=False, course__isnull=False, question__isnull=False
    )
    made = [
        dependence(
            course_id=row.course_id,
            lesson_id=row.lesson_id,
            draft_id=row.pk,
            block_key=block["key"],
            sha256=block["sha256"],
        )
        for row in rows.iterator(BATCH)
        for block in row.source.get("blocks", [])
    ]
    dependence.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("ai", "0005_content")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

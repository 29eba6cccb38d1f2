"""Totals set by hand keep their history (D3): the same triggers as for grade changes."""

from django.db import migrations

TABLE = "assessments_totaloverride"
KEPT = ("id", "total_id", "before", "after", "at", "actor_id")


def guard(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"""
            CREATE FUNCTION {TABLE}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason'
                 AND NEW.reason = '' THEN
                RETURN NEW;
              END IF;
              RAISE EXCEPTION '{TABLE} is append-only' USING ERRCODE = 'restrict_violation';
            END $$""",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_keep BEFORE UPDATE OR DELETE ON {TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_guard()"
        )
        return
    columns = ", ".join(f'"{column}"' for column in KEPT)
    stop = f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
    for statement in (
        f"CREATE TRIGGER {TABLE}_keep BEFORE UPDATE OF {columns} ON {TABLE} {stop}",
        f"CREATE TRIGGER {TABLE}_blank BEFORE UPDATE OF reason ON {TABLE} "
        f"WHEN NEW.reason IS NOT '' {stop}",
        f"CREATE TRIGGER {TABLE}_stay BEFORE DELETE ON {TABLE} {stop}",
    ):
        schema_editor.execute(statement, params=None)


def unguard(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP FUNCTION {TABLE}_guard CASCADE")
        return
    for part in ("keep", "blank", "stay"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{part}")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0009_gradebook")]
    operations = [migrations.RunPython(guard, unguard)]

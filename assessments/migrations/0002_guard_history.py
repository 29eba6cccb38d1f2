"""History that cannot be rewritten: triggers on both databases (D3, D5).

Steps and grade changes are only ever added; the one change let through empties the column that
erasure of a person empties. A version that an attempt used keeps what it asks and what scores it.
On SQLite a later migration that alters one of these tables rebuilds it and must make its triggers
again; a test looks for them.
"""

from django.db import migrations

# table -> (the column erasure empties, its empty value, every other column)
HISTORIES = {
    "assessments_attemptstep": (
        "data",
        "{}",
        ("id", "attempt_id", "question_id", "kind", "seq", "at", "actor_id"),
    ),
    "assessments_gradechange": (
        "reason",
        "",
        ("id", "grade_id", "attempt_id", "before", "after", "at", "actor_id"),
    ),
}
VERSION = "assessments_questionversion"
ASKED = ("id", "question_id", "number", "stem", "body", "key", "explanation", "points")
USED = "EXISTS (SELECT 1 FROM assessments_attemptquestion q WHERE q.version_id = OLD.id)"


def quoted(columns):
    return ", ".join(f'"{column}"' for column in columns)


def sqlite_statements():
    for table, (blank, empty, kept) in HISTORIES.items():
        stop = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        yield f"CREATE TRIGGER {table}_keep BEFORE UPDATE OF {quoted(kept)} ON {table} {stop}"
        yield (
            f"CREATE TRIGGER {table}_blank BEFORE UPDATE OF {blank} ON {table} "
            f"WHEN NEW.{blank} IS NOT '{empty}' {stop}"
        )
        yield f"CREATE TRIGGER {table}_stay BEFORE DELETE ON {table} {stop}"
    yield (
        f"CREATE TRIGGER {VERSION}_keep BEFORE UPDATE OF {quoted(ASKED)} ON {VERSION} "
        f"WHEN {USED} BEGIN SELECT RAISE(ABORT, 'this version was attempted'); END"
    )


def postgresql_statements():
    for table, (blank, empty, _kept) in HISTORIES.items():
        yield f"""
            CREATE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - '{blank}' = to_jsonb(OLD) - '{blank}'
                 AND NEW.{blank}::text = '{empty}' THEN
                RETURN NEW;
              END IF;
              RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation';
            END $$"""
        yield (
            f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_guard()"
        )
    yield f"""
        CREATE FUNCTION {VERSION}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF ROW({", ".join(f'NEW."{c}"' for c in ASKED)})
             IS DISTINCT FROM ROW({", ".join(f'OLD."{c}"' for c in ASKED)}) AND {USED} THEN
            RAISE EXCEPTION 'this version was attempted' USING ERRCODE = 'restrict_violation';
          END IF;
          RETURN NEW;
        END $$"""
    yield (
        f"CREATE TRIGGER {VERSION}_keep BEFORE UPDATE ON {VERSION} "
        f"FOR EACH ROW EXECUTE FUNCTION {VERSION}_guard()"
    )


def guard(_apps, schema_editor):
    vendor = schema_editor.connection.vendor
    statements = {"sqlite": sqlite_statements, "postgresql": postgresql_statements}[vendor]()
    for statement in statements:
        schema_editor.execute(statement, params=None)


def unguard(_apps, schema_editor):
    tables = [*HISTORIES, VERSION]
    if schema_editor.connection.vendor == "postgresql":
        for table in tables:
            schema_editor.execute(f"DROP FUNCTION {table}_guard CASCADE")
        return
    for table in tables:
        for part in ("keep", "blank", "stay"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{part}")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]

"""The index behind `lms.kernel.search`: a generated tsvector on PostgreSQL, FTS5 on SQLite."""

from django.db import migrations

CONFIGURATIONS = {
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
}


def _vector(column, weight):
    """A column's weighted vector in the configuration of the row's language.

    The configurations are constants inside a CASE, because a generated column must be immutable.
    """
    cases = " ".join(
        f"WHEN '{language}' THEN to_tsvector('{name}', {column})"
        for language, name in CONFIGURATIONS.items()
    )
    whole = f"CASE language {cases} ELSE to_tsvector('simple', {column}) END"
    return f"setweight({whole}, '{weight}')"


POSTGRESQL = [
    "ALTER TABLE kernel_searchdocument ADD COLUMN tsv tsvector GENERATED ALWAYS AS "
    f"({_vector('title', 'A')} || {_vector('body', 'C')}) STORED",
    "CREATE INDEX search_document_tsv ON kernel_searchdocument USING gin (tsv)",
]
SQLITE = [
    "CREATE VIRTUAL TABLE search_fts USING fts5"
    "(title, body, tokenize = 'porter unicode61 remove_diacritics 2')",
    "INSERT INTO search_fts (rowid, title, body) SELECT id, title, body FROM kernel_searchdocument",
]
BACKWARDS = {
    "postgresql": [
        "DROP INDEX search_document_tsv",
        "ALTER TABLE kernel_searchdocument DROP COLUMN tsv",
    ],
    "sqlite": ["DROP TABLE search_fts"],
}


def forwards(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in {"postgresql": POSTGRESQL, "sqlite": SQLITE}.get(vendor, []):
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in BACKWARDS.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]

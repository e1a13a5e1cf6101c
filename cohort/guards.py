"""The database's own guard of the record: no answer changes without a row that says so, and no row changes.

An answer that is not what its last recorded change says was written around the registry. The guard lets it
stand and records it, in the same statement, as a change without an author (`AnswerChange.Source.OUTSIDE`).
The registry writes changes first and answers after them, so that its own writing says nothing here.

PostgreSQL does it once per statement, over all rows that the statement touched; SQLite row by row.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate, pre_migrate

VERSION = 1
NAME = f"answers_on_record_{VERSION}"
LAST = """(SELECT c.new FROM cohort_answerchange c WHERE c.case_id = {row}.case_id AND c.item = {row}.item
    ORDER BY c.id DESC LIMIT 1)"""
COLUMNS = "case_id, item, old, new, original, cause, source, reason, by_id, revision, at"
INSERT = f"INSERT INTO cohort_answerchange ({COLUMNS})"

POSTGRES_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION cohort_{NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        {INSERT}
        SELECT t.case_id, t.item, t.value, '', '', 'entered', 'sql', '', NULL, k.revision, clock_timestamp()
        FROM touched t JOIN cohort_case k ON k.id = t.case_id
        WHERE COALESCE({LAST.format(row="t")}, '') <> ''
            AND NOT EXISTS (SELECT 1 FROM cohort_answer a WHERE a.case_id = t.case_id AND a.item = t.item);
    ELSE
        {INSERT}
        SELECT t.case_id, t.item, COALESCE({LAST.format(row="t")}, ''), t.value, '', 'entered', 'sql', '',
            NULL, k.revision, clock_timestamp()
        FROM touched t JOIN cohort_case k ON k.id = t.case_id
        WHERE COALESCE({LAST.format(row="t")}, '') <> t.value;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION cohort_changes_stay_{VERSION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of changes is never changed';
END $$;
"""
POSTGRES_TRIGGERS = {
    f"{NAME}_insert": f"""CREATE TRIGGER {NAME}_insert AFTER INSERT ON cohort_answer
        REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION cohort_{NAME}()""",
    f"{NAME}_update": f"""CREATE TRIGGER {NAME}_update AFTER UPDATE ON cohort_answer
        REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION cohort_{NAME}()""",
    f"{NAME}_delete": f"""CREATE TRIGGER {NAME}_delete AFTER DELETE ON cohort_answer
        REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION cohort_{NAME}()""",
    f"changes_stay_{VERSION}": f"""CREATE TRIGGER changes_stay_{VERSION} BEFORE UPDATE OR DELETE
        ON cohort_answerchange FOR EACH ROW EXECUTE FUNCTION cohort_changes_stay_{VERSION}()""",
}
NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
REVISION = "(SELECT k.revision FROM cohort_case k WHERE k.id = {row}.case_id)"


def _sqlite(event: str, row: str, new: str) -> str:
    last = f"COALESCE({LAST.format(row=row)}, '')"
    return f"""CREATE TRIGGER {NAME}_{event} AFTER {event.upper()} ON cohort_answer
        WHEN {last} <> {new} BEGIN {INSERT}
        VALUES ({row}.case_id, {row}.item, {last}, {new}, '', 'entered', 'sql', '', NULL,
            {REVISION.format(row=row)}, {NOW}); END"""


SQLITE_TRIGGERS = {
    f"{NAME}_insert": _sqlite("insert", "NEW", "NEW.value"),
    f"{NAME}_update": _sqlite("update", "NEW", "NEW.value"),
    f"{NAME}_delete": _sqlite("delete", "OLD", "''"),
    f"changes_stay_{VERSION}": f"""CREATE TRIGGER changes_stay_{VERSION} BEFORE UPDATE ON cohort_answerchange
        BEGIN SELECT RAISE(ABORT, 'the record of changes is never changed'); END""",
}
FOUND = {
    "postgresql": """SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relname IN ('cohort_answer', 'cohort_answerchange') AND t.tgenabled IN ('O', 'A')""",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
}
TRIGGERS = {"postgresql": POSTGRES_TRIGGERS, "sqlite": SQLITE_TRIGGERS}


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that are not there, or not in force."""
    with connection.cursor() as cursor:
        cursor.execute(FOUND[connection.vendor])
        found = {row[0] for row in cursor.fetchall()}
    return sorted(set(TRIGGERS[connection.vendor]) - found)


def put_up(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers that are missing; a later migration may have rebuilt a table without them."""
    names = missing(connection)
    if not names:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTIONS)
        for name in names:
            table = "cohort_answerchange" if name.startswith("changes") else "cohort_answer"
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
            cursor.execute(TRIGGERS[connection.vendor][name])


def take_down(connection: BaseDatabaseWrapper) -> None:
    """Drop SQLite's triggers: it refuses to rebuild a table that a trigger of another one names."""
    with connection.cursor() as cursor:
        for name in SQLITE_TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def _before_migrations(using: str, plan: Any = None, **_: Any) -> None:
    from django.db import connections

    if plan and connections[using].vendor == "sqlite":
        take_down(connections[using])


def _after_migrations(using: str, **_: Any) -> None:
    from django.db import connections

    connection = connections[using]
    if connection.vendor in TRIGGERS and "cohort_answerchange" in connection.introspection.table_names():
        put_up(connection)


def connect() -> None:
    from django.apps import apps

    cohort = apps.get_app_config("cohort")
    pre_migrate.connect(_before_migrations, sender=cohort, dispatch_uid="cohort.guards")
    post_migrate.connect(_after_migrations, sender=cohort, dispatch_uid="cohort.guards")

"""PostgreSQL: who appends events says from which number on, so that readers can stop before what is not committed."""

from typing import Any

from django.db import migrations

UP = """
CREATE FUNCTION event_log_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(
        (4802117::bigint << 40) | (CASE WHEN is_called THEN last_value ELSE last_value - 1 END)
    ) FROM event_log_seq_seq;
    RETURN NULL;
END $$;
CREATE TRIGGER event_log_announce BEFORE INSERT ON event_log
    FOR EACH STATEMENT EXECUTE FUNCTION event_log_announce();
"""
DOWN = """
DROP TRIGGER event_log_announce ON event_log;
DROP FUNCTION event_log_announce();
"""


def _run(statements: str) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statements)

    return run


class Migration(migrations.Migration):
    dependencies = [("execution", "0004_claims_and_warnings")]

    operations = [migrations.RunPython(_run(UP), _run(DOWN))]

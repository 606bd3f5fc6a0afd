"""The database itself refuses to change an agreement: the only change there is is its first ending (42 CFR 2.31).

A later migration that rebuilds the table on SQLite loses the trigger and must lay it again.
"""

from typing import Any

from django.db import migrations

FIXED = (
    "person_id", "discloser_id", "recipient_id", "designation", "categories", "purpose", "language", "wording", "how",
    "signer", "age", "version", "replaces_id", "given_at", "expires_at",
)
MESSAGE = "an agreement is never changed; a change is a new version"


def _changed(differs: str) -> str:
    parts = [f"OLD.{column} {differs} NEW.{column}" for column in FIXED]
    parts.append(f"(OLD.revoked_at IS NOT NULL AND OLD.revoked_at {differs} NEW.revoked_at)")
    return " OR ".join(parts)


def guard(apps: Any, schema_editor: Any) -> None:
    """Lay the trigger of the database at hand."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER consent_never_changed BEFORE UPDATE ON consent_consent WHEN {_changed('IS NOT')} "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )
        return
    schema_editor.execute(
        "CREATE FUNCTION consent_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    schema_editor.execute(
        "CREATE TRIGGER consent_never_changed BEFORE UPDATE ON consent_consent FOR EACH ROW "
        f"WHEN ({_changed('IS DISTINCT FROM')}) EXECUTE FUNCTION consent_refuse()"
    )


class Migration(migrations.Migration):
    """After the columns."""

    dependencies = [("consent", "0003_agreements_whole")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]

from typing import Any

from django.db import migrations, models
from django.db.models import F

import alongside.identity.fields

OLD_KINDS = {"name_date": 1, "sound_date": 2, "sound_year": 3, "phone_sound": 4}
BITS = 20


def join_kind_and_number(apps: Any, schema_editor: Any) -> None:
    """The numbers themselves stay: nothing can be unsealed here. The worker lays new ones beside and instead of them."""
    tokens = apps.get_model("identity", "MatchToken").objects.using(schema_editor.connection.alias)
    for kind, code in OLD_KINDS.items():
        tokens.filter(kind=kind).update(token=F("token") + (code << BITS))


def part_them_again(apps: Any, schema_editor: Any) -> None:
    tokens = apps.get_model("identity", "MatchToken").objects.using(schema_editor.connection.alias)
    for kind, code in OLD_KINDS.items():
        rows = tokens.filter(token__gte=code << BITS, token__lt=(code + 1) << BITS)
        rows.update(kind=kind, token=F("token") - (code << BITS))
    tokens.filter(kind="").delete()
    apps.get_model("identity", "Identity").objects.using(schema_editor.connection.alias).update(token_scheme=0)


def sealed() -> alongside.identity.fields.SealedField:
    return alongside.identity.fields.SealedField(holder="person_id", privacy_class="identity")


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_place_safety_at")]

    operations = [
        migrations.AddField("identity", "middle_name", sealed()),
        migrations.AddField("identity", "suffix", sealed()),
        migrations.AddField("identity", "aliases", sealed()),
        migrations.AddField("identity", "born", sealed()),
        migrations.AddField("identity", "token_scheme", models.PositiveSmallIntegerField(default=0)),
        migrations.AlterField("matchtoken", "kind", models.CharField(max_length=12, default="")),
        migrations.RunPython(join_kind_and_number, part_them_again),
        migrations.RemoveIndex("matchtoken", "token_lookup"),
        migrations.RemoveField("matchtoken", "kind"),
        migrations.AddIndex("matchtoken", models.Index(fields=["token", "person"], name="token_lookup")),
    ]

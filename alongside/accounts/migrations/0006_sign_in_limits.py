"""The table of the sign-in limits (Django's database cache): the running program may not make one itself."""

from typing import Any

from django.core.management import call_command
from django.db import migrations


def make_table(apps: Any, editor: Any) -> None:
    call_command("createcachetable", database=editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_sign_in")]
    operations = [migrations.RunPython(make_table, migrations.RunPython.noop)]

"""A line belongs to a place, no longer to an agency, and its number is never below nought."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("naloxone", "0003_into_places")]

    operations = [
        migrations.RemoveField("move", "agency"),
        migrations.AlterField("move", "amount", models.PositiveIntegerField()),
        migrations.AddIndex("move", models.Index(fields=["place", "at"], name="kit_move_by_place")),
        migrations.AddIndex("move", models.Index(fields=["to_place", "at"], name="kit_move_by_other_place")),
    ]

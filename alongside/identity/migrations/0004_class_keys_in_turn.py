from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("identity", "0003_suppression")]

    operations = [
        migrations.RemoveConstraint(model_name="classkey", name="one_class_key_per_program"),
        migrations.AddField(
            model_name="classkey", name="retired_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddConstraint(
            model_name="classkey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at", None)), fields=("program", "privacy_class"),
                name="one_current_class_key",
            ),
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models

import alongside.identity.fields


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0002_counsel"),
        ("identity", "0002_near_tokens"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="never_mention",
            field=alongside.identity.fields.SealedField(holder="person_id", privacy_class="contact"),
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=12)),
                ("token", models.CharField(max_length=32)),
                ("made_at", models.DateTimeField()),
                ("program", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.program")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("program", "kind", "token"), name="one_suppression_of_a_token"),
                ],
            },
        ),
    ]

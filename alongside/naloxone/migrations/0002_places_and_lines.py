"""Places, products and both times of a line; training, reversals, codes on kits."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import alongside.common.ids
from alongside.naloxone.rules import ANSWERS, MOVES, OUTCOMES, PLACES, PRODUCTS, RECIPIENTS, REVERSAL, TAUGHT

PROTECT, SET_NULL = django.db.models.deletion.PROTECT, django.db.models.deletion.SET_NULL


class Migration(migrations.Migration):
    dependencies = [("naloxone", "0001_initial"), ("accounts", "0001_initial"), ("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="StockPlace",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=alongside.common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("kind", models.CharField(choices=list(PLACES.items()), max_length=10)),
                ("agency", models.ForeignKey(on_delete=PROTECT, related_name="+", to="accounts.agency")),
            ],
            options={"ordering": ["agency__name", "-kind", "name"]},
        ),
        migrations.AddConstraint(
            model_name="stockplace",
            constraint=models.UniqueConstraint(fields=("agency", "name"), name="one_stock_place_of_a_name"),
        ),
        migrations.AddField("lot", "doses", models.PositiveSmallIntegerField(default=2)),
        migrations.AlterField("lot", "product", models.CharField(choices=list(REVERSAL.items()), max_length=20)),
        migrations.RenameField("move", "kits", "amount"),
        migrations.AddField(
            "move", "product", models.CharField(choices=list(PRODUCTS.items()), default="naloxone", max_length=20)
        ),
        migrations.AddField(
            "move",
            "place",
            models.ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name="+", to="naloxone.stockplace"),
        ),
        migrations.AddField(
            "move",
            "to_place",
            models.ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name="+", to="naloxone.stockplace"),
        ),
        migrations.AddField("move", "by_user", models.UUIDField(blank=True, null=True)),
        migrations.AddField("move", "recorded_at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField("move", "kind", models.CharField(choices=list(MOVES.items()), max_length=10)),
        migrations.AlterField(
            "move", "recipient", models.CharField(blank=True, choices=list(RECIPIENTS.items()), max_length=10)
        ),
        migrations.CreateModel(
            name="Training",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=alongside.common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("taught", models.CharField(choices=list(TAUGHT.items()), max_length=10)),
                ("people", models.PositiveSmallIntegerField(default=1)),
                ("steps", models.JSONField()),
                ("language", models.CharField(max_length=8)),
                ("by_user", models.UUIDField(blank=True, null=True)),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(blank=True, null=True, on_delete=SET_NULL, related_name="+", to="people.person"),
                ),
                ("program", models.ForeignKey(on_delete=PROTECT, to="accounts.program")),
            ],
        ),
        migrations.CreateModel(
            name="KitCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=alongside.common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("lot", models.ForeignKey(on_delete=PROTECT, related_name="+", to="naloxone.lot")),
                ("program", models.ForeignKey(on_delete=PROTECT, to="accounts.program")),
            ],
        ),
        migrations.CreateModel(
            name="Reversal",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("month", models.DateField()),
                ("product", models.CharField(choices=list(REVERSAL.items()), default="naloxone", max_length=20)),
                ("kits", models.PositiveSmallIntegerField(default=1)),
                ("outcome", models.CharField(choices=list(OUTCOMES.items()), max_length=10)),
                ("called", models.CharField(choices=list(ANSWERS.items()), max_length=10)),
                ("police", models.CharField(choices=list(ANSWERS.items()), max_length=10)),
                ("by_code", models.BooleanField(default=False)),
                (
                    "lot",
                    models.ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name="+", to="naloxone.lot"),
                ),
                ("program", models.ForeignKey(on_delete=PROTECT, to="accounts.program")),
            ],
        ),
    ]

"""What is on the books lies in its agency's office, and every line says a number without a sign."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def into_places(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    lots: Any = apps.get_model("naloxone", "Lot")
    moves: Any = apps.get_model("naloxone", "Move")
    places = apps.get_model("naloxone", "StockPlace")
    agencies = set(lots.objects.values_list("agency_id", flat=True))
    agencies |= set(moves.objects.exclude(agency=None).values_list("agency_id", flat=True))
    for agency in sorted(agencies):
        office, _ = places.objects.get_or_create(agency_id=agency, name="Office", defaults={"kind": "office"})
        moves.objects.filter(agency_id=agency).update(place=office)
    for lot in lots.objects.all():
        moves.objects.filter(lot=lot).update(product=lot.product)
    moves.objects.filter(amount__lt=0).update(amount=-F("amount"))
    moves.objects.filter(recorded_at=None).update(recorded_at=F("at"))


def with_signs(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    moves: Any = apps.get_model("naloxone", "Move")
    moves.objects.filter(kind__in=["given", "expired", "lost"]).update(amount=-F("amount"))
    for move in moves.objects.exclude(place=None).select_related("place"):
        moves.objects.filter(id=move.id).update(agency_id=move.place.agency_id)


class Migration(migrations.Migration):
    dependencies = [("naloxone", "0002_places_and_lines")]
    operations = [migrations.RunPython(into_places, with_signs)]

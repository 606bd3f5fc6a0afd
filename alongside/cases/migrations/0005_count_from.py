"""As of when each case counts in the order “freshest first”: from the look-in once somebody was met, else from the event."""

from datetime import timedelta
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

# As `cases.rules` had it when this was written: hours of lead, of which each counts twelve.
LEAD_HOURS = {
    "repeat_30_days": 24, "recent_release": 24, "left_hospital": 18, "repeat_12_months": 12,
    "not_transported": 12, "asked_for_help": 12, "unhoused": 6,
}  # fmt: skip


def count_from(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    cases: Any = apps.get_model("cases", "Case")
    cases.objects.filter(first_contact_at__isnull=False).update(counts_from=F("due_at"))
    changed = []
    for case in cases.objects.filter(first_contact_at=None).only("id", "event_at", "reasons").iterator(chunk_size=2000):
        case.counts_from = case.event_at + timedelta(hours=12 * sum(LEAD_HOURS.get(code, 0) for code in case.reasons))
        changed.append(case)
    cases.objects.bulk_update(changed, ["counts_from"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_the_freshest_first")]
    operations = [migrations.RunPython(count_from, migrations.RunPython.noop)]

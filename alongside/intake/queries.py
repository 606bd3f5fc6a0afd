"""Reading imports."""

from __future__ import annotations

from alongside.common.actor import Actor
from alongside.intake.models import CallImport


def newest_imports(viewer: Actor) -> list[CallImport]:
    """The last imports of the viewer's program."""
    return list(CallImport.objects.filter(program_id=viewer.program_id).order_by("-at")[:5])

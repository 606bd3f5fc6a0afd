"""What an error report may show: where it happened, never what was in the variables."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class NothingShown(SafeExceptionReporterFilter):
    """A report with every variable and every posted value left out."""

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        """No local variables at all."""
        return []

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """No posted values at all."""
        return {}

    def get_safe_settings(self) -> dict[str, Any]:
        """No settings at all."""
        return {}



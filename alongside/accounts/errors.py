"""What an error report may show: where it happened, never what was in the variables."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

from alongside.common.links import blotted


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


class FramesOnly(logging.Formatter):
    """A log line whose exception says its kind and where it happened; its message could hold a name.

    An address that is a key is blotted out: whoever reads the log must not be able to answer for a partner.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The whole line, without any such address."""
        return blotted(super().format(record))

    def formatException(self, ei: Any) -> str:  # logging's own name
        """The kind and the frames."""
        kind: type[BaseException] | None = ei[0]
        frames: TracebackType | None = ei[2]
        return "".join([*traceback.format_tb(frames), kind.__name__ if kind else "unknown"])

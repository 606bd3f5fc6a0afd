"""`alongside export measures PERIOD FILE`: the printed numbers of a period that is over, as JSON, CSV or a workbook."""

from __future__ import annotations

import json
from typing import Any

from alongside.reports.files import as_csv, as_plain, as_workbook
from alongside.reports.writing import ReportCommand, Written


class Command(ReportCommand):
    """The ending of the file says as what; the same numbers as on the page."""

    help = "Write the numbers of a period that is over (2026-05, 2026-Q2, 2026) into a file that ends in .json, .csv or .xlsx."

    def endings(self, written: Written) -> dict[str, Any]:
        """What is written, by the ending of the file."""
        printed, program, form = written
        return {
            ".json": lambda: json.dumps(as_plain(printed), indent=2, ensure_ascii=False).encode() + b"\n",
            ".csv": lambda: as_csv(printed, form),
            ".xlsx": lambda: as_workbook(printed, program, form),
        }

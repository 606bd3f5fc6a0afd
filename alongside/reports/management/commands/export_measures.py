"""`alongside export measures PERIOD FILE`: the printed numbers of a period that is over, as JSON, CSV or a workbook."""

from __future__ import annotations

import json
from typing import ClassVar

from alongside.reports.files import as_csv, as_plain, as_workbook
from alongside.reports.writing import ReportCommand


class Command(ReportCommand):
    """The ending of the file says as what; the same numbers as on the page."""

    help = "Write the numbers of a period that is over (2026-05, 2026-Q2, 2026) into a file that ends in .json, .csv or .xlsx."

    endings: ClassVar = {
        ".json": lambda written: json.dumps(as_plain(written.printed), indent=2, ensure_ascii=False).encode() + b"\n",
        ".csv": lambda written: as_csv(written.printed, written.form),
        ".xlsx": lambda written: as_workbook(written.printed, written.program, written.form),
    }

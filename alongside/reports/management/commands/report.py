"""`alongside report PERIOD FILE.pdf`: one page for the board, or of a funder's form."""

from __future__ import annotations

from typing import ClassVar

from alongside.measures.funders import FORMS
from alongside.reports.files import as_page
from alongside.reports.writing import ReportCommand


class Command(ReportCommand):
    """The page that the button gives."""

    help = "Write one page about a period that is over (2026-05, 2026-Q2, 2026) into a file that ends in .pdf."

    endings: ClassVar = {".pdf": lambda written: as_page(written.printed, written.program, written.form or FORMS["board"])}

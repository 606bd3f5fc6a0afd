"""The committed table of what each role finds sealed on each page: `field_table.csv`, written from a walk, read by eye."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.urls import resolve

TABLE = Path(__file__).with_name("field_table.csv")
HEAD = ("page", "role", "fields")
Rows = set[tuple[str, str, str]]


def fields_by_page(role: str, seen: Mapping[str, Iterable[tuple[str, str]]]) -> Rows:
    """For one role: each page on which something sealed stood open, with the names of those fields."""
    pages: dict[str, set[str]] = {}
    for address, pairs in seen.items():
        pages.setdefault(resolve(address.split("?")[0]).view_name, set()).update(field for _, field in pairs)
    return {(page, role, " ".join(sorted(fields))) for page, fields in pages.items()}


def committed() -> Rows:
    with TABLE.open(newline="") as file:
        return {(row["page"], row["role"], row["fields"]) for row in csv.DictReader(file)}


def compare(rows: Rows) -> list[str]:
    """What differs from the committed table; with ALONGSIDE_WRITE_FIELD_TABLE the table is written instead."""
    if os.environ.get("ALONGSIDE_WRITE_FIELD_TABLE"):
        with TABLE.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([HEAD, *sorted(rows)])
    was = committed()
    return [f"{'new' if row in rows else 'gone'}: {row}" for row in sorted(rows ^ was)]

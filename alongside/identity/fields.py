"""A model field that can only hold ciphertext, and what reading it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models

from alongside.identity.envelope import is_envelope

CLASSES = ("identity", "contact", "health", "part2", "origin")
BLOCKS = "▮▮▮"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value nobody can read from here: printing, comparing or dumping it shows blocks. Only the firewall opens it."""

    holder: UUID
    privacy_class: str
    place: str
    ciphertext: bytes = field(repr=False)

    def __str__(self) -> str:
        return BLOCKS

    def __repr__(self) -> str:
        return BLOCKS

    def __format__(self, spec: str) -> str:
        return BLOCKS


def ciphertext_of(value: Any) -> bytes | None:
    """The bytes to store for a value; whatever is not sealed is refused."""
    if value is None:
        return None
    stored = value.ciphertext if isinstance(value, Sealed) else value
    if not isinstance(stored, bytes | memoryview) or not is_envelope(bytes(stored)):
        raise TypeError("A sealed field takes ciphertext only; use alongside.identity.vault.seal.")
    return bytes(stored)


class SealedAttribute:
    """Turns the stored bytes into `Sealed` on reading, and refuses anything but ciphertext on writing."""

    def __init__(self, sealed_field: SealedField) -> None:
        self.field = sealed_field

    def __get__(self, row: models.Model | None, owner: type | None = None) -> Any:
        if row is None:
            return self
        if self.field.attname not in row.__dict__:
            row.refresh_from_db(fields=[self.field.attname])
        raw = row.__dict__[self.field.attname]
        if not raw:
            return None
        return Sealed(getattr(row, self.field.holder), self.field.privacy_class, self.field.place_of(row), bytes(raw))

    def __set__(self, row: models.Model, value: Any) -> None:
        row.__dict__[self.field.attname] = ciphertext_of(value)


class SealedField(models.BinaryField):  # type: ignore[type-arg]  # generic only in the stubs
    """Stores ciphertext; `holder` names the attribute whose UUID owns the data key (a person, or the row itself)."""

    def __init__(self, *, privacy_class: str = "", holder: str = "", **options: Any) -> None:
        self.privacy_class, self.holder = privacy_class, holder
        options |= {"null": True, "blank": True, "editable": False}
        super().__init__(**options)

    def deconstruct(self) -> Any:
        """For migrations: the class and the holder belong to the field."""
        name, path, args, options = super().deconstruct()
        for implied in ("null", "blank", "editable"):
            options.pop(implied, None)
        return name, path, args, options | {"privacy_class": self.privacy_class, "holder": self.holder}

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002  # Django's signature
        """Put the guarded attribute on the model."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, SealedAttribute(self))

    def place_of(self, row: models.Model) -> str:
        """Where a value lives; bound into its ciphertext so that it opens nowhere else."""
        return self.place_in(row.pk)

    def place_in(self, pk: object) -> str:
        """The same by the key of the row, for whoever reads rows without making objects of them."""
        return f"{self.model._meta.db_table}|{self.column}|{pk}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002  # Django's signature
        """Ciphertext, as the driver wants bytes."""
        return super().get_db_prep_value(ciphertext_of(value), connection, prepared)

    def value_from_object(self, obj: models.Model) -> Any:
        """Blocks for forms and dumps: there is nothing else to show."""
        return None

    def value_to_string(self, obj: models.Model) -> str:
        """Blocks for serializers."""
        return BLOCKS

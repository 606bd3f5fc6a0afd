"""A yes or a no that carries its reason: the same object disables the button and refuses the action."""

from __future__ import annotations

from dataclasses import dataclass


class Refused(Exception):
    """An action that the rules do not allow; `reason` is one sentence for the person at the screen."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may happen, and when it may not, why, in one sentence."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    @staticmethod
    def no(reason: str) -> Decision:
        """A refusal with its sentence."""
        return Decision(allowed=False, reason=reason)

    def require(self) -> None:
        """Raise `Refused` with the reason unless allowed."""
        if not self.allowed:
            raise Refused(self.reason)


YES = Decision(allowed=True)

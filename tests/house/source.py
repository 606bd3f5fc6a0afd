"""Our own source as the house tests read it: files, functions, imports, floors."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
PACKAGE = TOP / "alongside"
DECISIONS = TOP / "docs" / "decisions"


@dataclass(frozen=True)
class Module:
    """One file of the package."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 and (PACKAGE / parts[1]).is_dir() else ""

    @property
    def kind(self) -> str:
        """The file name: "actions", "rules", …"""
        return self.path.stem

    @property
    def place(self) -> str:
        return str(self.path.relative_to(TOP))

    def functions(self):
        """Every function of the file, nested ones and methods too."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    def public_functions(self):
        """The functions a reader calls by name: top level, no underscore in front."""
        return [
            node
            for node in self.tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
        ]

    def imports(self) -> set[str]:
        """The modules of ours that this one imports."""
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = {f"{node.module}.{name.name}" for name in node.names}
                modules = {name for name in inner if name in module_names()}
                found |= modules or {node.module}
        return {name for name in found if name.split(".")[0] == "alongside"}


@cache
def modules() -> tuple[Module, ...]:
    """Every file of the package but the migrations."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        parts = path.relative_to(TOP).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text()
        found.append(Module(path, name, text, ast.parse(text)))
    return tuple(found)


@cache
def module_names() -> frozenset[str]:
    return frozenset(
        ".".join(path.relative_to(TOP).with_suffix("").parts).removesuffix(".__init__")
        for path in PACKAGE.rglob("*.py")
    )


@cache
def rooms() -> tuple[str, ...]:
    return tuple(sorted({module.room for module in modules() if module.room}))


@cache
def floors() -> dict[str, int]:
    """Room → floor, counted from the ground, as the import contract in pyproject.toml lists them."""
    contracts = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "floors")
    return {room.strip(" ()"): height for height, layer in enumerate(reversed(layers)) for room in layer.split("|")}


def room_of_label(label: str) -> str:
    """The room that a Django app label names, or nothing when it is not ours."""
    return label if label in floors() else ""


@cache
def decisions() -> dict[str, str]:
    """The texts of the ADRs by file name."""
    return {path.name: path.read_text() for path in sorted(DECISIONS.glob("*.md"))} if DECISIONS.is_dir() else {}


def waived(line: str) -> bool:
    """Whether an ADR grants exactly this, in a line of its own: `Waiver: <line>`."""
    return any(f"Waiver: {line}" in text.splitlines() for text in decisions().values())


def length(node) -> int:
    """Lines of a function without its docstring."""
    lines = node.end_lineno - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= first.end_lineno - first.lineno + 1
    return lines


def decorators(node) -> set[str]:
    return {ast.unparse(decorator) for decorator in node.decorator_list}


def parameter(node, name: str):
    """A parameter of a function: (annotation as text, whether keyword-only, position), or None."""
    for position, argument in enumerate(node.args.posonlyargs + node.args.args):
        if argument.arg == name:
            return ast.unparse(argument.annotation) if argument.annotation else "", False, position
    for argument in node.args.kwonlyargs:
        if argument.arg == name:
            return ast.unparse(argument.annotation) if argument.annotation else "", True, -1
    return None

"""Wrong versions of `decide` and of its tables, one small change each; the golden table must notice every one.

`./run mutants` prints how many it noticed. What a refusal says is compared too: a right no with a wrong reason is wrong.
"""

from __future__ import annotations

import ast
import copy
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import django

django.setup()

from alongside.common.actor import POLICE_CLASSES  # noqa: E402  # the tests it asks need the models loaded
from alongside.consent import rules  # noqa: E402
from tests.consent.test_deciding import (  # noqa: E402
    ALL_CLASSES,
    ALL_CONSENTS,
    ALL_PURPOSES,
    ALL_RELATIONS,
    ALL_ROLES,
    GOLDEN,
    NEVER_POLICE,
)

SOURCE = Path(rules.__file__)
DEMANDED = 0.95
# What `decide` reads. Of the tables that say what a name means, only the names decide anything.
TABLES = ("PURPOSES", "CLASSES", "CONSENTS", "RELATIONS", "GRANTS", "POLICE_MAY_OPEN")
PARAMETERS = ("role", "agency_class", "purpose", "privacy_class", "consent", "relation")
OPPOSITE = {ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
# The agencies differ for `decide` only in whether they enforce the law; the whole list is asked in tests/consent.
AGENCIES = ("police", "health")

REASONS = {
    "unknown": "This was asked in a way the rules do not know.",
    "police": "Police see the name to ask for and the place to meet of an own open visit, and nothing else.",
    "restricted": "This is kept from you, at the person's wish or because you know them.",
    "role": "This role may not see this here; only those who work with the person may.",
    "ended": "The person's agreement to share this has ended.",
    "none": "The person has not agreed to share this.",
    "yes": "",
}
POLICE_OPEN = {("contact", "outreach_visit"), ("origin", "morning_list")}

Case = tuple[str, str, str, str, str, str]


def expected(role: str, agency: str, purpose: str, kind: str, consent: str, relation: str) -> str:
    """Which of the reasons, read from the golden table by hand-written steps that do not ask the rules."""
    if not purpose or not kind or not relation or not consent or "somebody_new" in (purpose, kind, consent, relation):
        return "unknown"
    if agency in POLICE_CLASSES and (kind in NEVER_POLICE or (kind, purpose) not in POLICE_OPEN):
        return "police"
    if relation == "restricted":
        return "restricted"
    cell = GOLDEN.get((role, purpose, relation), {}).get(kind, "-")
    if cell == "consent":
        return {"active": "yes", "ended": "ended", "none": "none"}[consent]
    return "yes" if cell == "yes" else "role"


@cache
def questions() -> list[tuple[Case, str]]:
    """Every combination with its expected reason; what is granted first, because most wrong versions fail there."""
    asked = product(ALL_ROLES, AGENCIES, ALL_PURPOSES, ALL_CLASSES, ALL_CONSENTS, ALL_RELATIONS)
    both = [(case, expected(*case)) for case in asked]
    rare = {"yes": 0, "none": 0, "ended": 0, "restricted": 1, "police": 2, "unknown": 3, "role": 4}
    return sorted(both, key=lambda pair: rare[pair[1]])


@dataclass(frozen=True)
class Mutant:
    """One wrong version: what was changed, where, and the part of the file that differs."""

    label: str
    tree: ast.Module
    place: int = 0

    @property
    def part(self) -> str:
        return ast.unparse(self.tree.body[self.place])


# --- making them --------------------------------------------------------------------------------------------------------

Change = Callable[[ast.AST], tuple[str, ast.AST | None]]


def changes_of(node: ast.AST, parents: list[ast.AST]) -> Iterator[tuple[str, Callable[[ast.AST], ast.AST | None]]]:
    """The small changes that fit a node: each with its name and a function from a copy of it to its replacement."""
    if any(isinstance(parent, ast.Call) and ast.unparse(parent.func) == "Decision.no" for parent in parents):
        return  # the wording itself; that it is the right sentence is asked of every answer
    yield from CHANGES.get(type(node), lambda _node, _parents: iter(()))(node, parents)


def compare(node, _parents):
    for place, found in enumerate(node.ops):
        other = OPPOSITE[type(found)]

        def swap(copied, place=place, other=other):
            copied.ops[place] = other()
            return copied

        yield "the opposite comparison", swap


def boolean(node, _parents):
    def swap(copied):
        copied.op = ast.Or() if isinstance(copied.op, ast.And) else ast.And()
        return copied

    yield "and for or", swap
    for place in range(len(node.values)):
        def drop(copied, place=place):
            rest = copied.values[:place] + copied.values[place + 1 :]
            return rest[0] if len(rest) == 1 else ast.BoolOp(copied.op, rest)

        yield f"without part {place + 1}", drop


def condition(_node, _parents):
    def negated(copied):
        copied.test = ast.UnaryOp(ast.Not(), copied.test)
        return copied

    yield "the opposite condition", negated


def if_statement(node, parents):
    yield from condition(node, parents)
    yield "without the statement", lambda _copied: ast.Pass()


def conditional(_node, _parents):
    def swapped(copied):
        copied.body, copied.orelse = copied.orelse, copied.body
        return copied

    yield "the branches swapped", swapped


def returned(node, _parents):
    yes = ast.unparse(node.value) == "YES"
    other = "Decision.no('Wrong.')" if yes else "YES"
    yield f"answers {other}", lambda _copied: ast.Return(ast.parse(other, mode="eval").body)
    if yes:
        yield "without the statement", lambda _copied: ast.Pass()


def assigned(node, parents):
    if any(isinstance(parent, ast.FunctionDef) for parent in parents):
        yield "always empty", lambda copied: ast.Assign(copied.targets, ast.parse("frozenset()", mode="eval").body)


def without(copied, name, place):
    values = getattr(copied, name)
    setattr(copied, name, values[:place] + values[place + 1 :])
    return copied


def collection(node, parents):
    """A set, or the tuple a comprehension runs over: without one element, and with one that is not there."""
    for place, element in enumerate(node.elts):
        if isinstance(element, ast.Constant | ast.Tuple) and not in_key(node, parents):
            yield f"without {ast.unparse(element)}", lambda copied, place=place: without(copied, "elts", place)
    if isinstance(node, ast.Set) and all(isinstance(element, ast.Constant) for element in node.elts):
        here = {element.value for element in node.elts}
        for name in rules.CLASSES:
            if name not in here:
                def more(copied, name=name):
                    copied.elts.append(ast.Constant(name))
                    return copied

                yield f"with {name}", more


def in_key(node, parents):
    """Whether a tuple is a key or a subscript, which has as many parts as it has."""
    parent = parents[-1] if parents else None
    return isinstance(node, ast.Tuple) and (
        (isinstance(parent, ast.Dict) and node in parent.keys) or isinstance(parent, ast.DictComp | ast.Set | ast.Call)
    )


def dictionary(node, _parents):
    for place, key in enumerate(node.keys):
        def drop(copied, place=place):
            return without(without(copied, "keys", place), "values", place)

        yield f"without {ast.unparse(key) if key else 'a part'}", drop


def constant(node, parents):
    if not isinstance(node.value, str) or says_what_a_name_means(node, parents):
        return
    yield f"{node.value!r} misspelled", lambda copied: ast.Constant(f"{copied.value}x")
    if node.value.endswith("*"):
        yield f"{node.value!r} without the agreement", lambda copied: ast.Constant(copied.value.removesuffix("*"))
    elif node.value in rules.CLASSES and any(isinstance(parent, ast.Set) for parent in parents):
        yield f"{node.value!r} only by agreement", lambda copied: ast.Constant(f"{copied.value}*")


def says_what_a_name_means(node, parents):
    parent = parents[-1] if parents else None
    texts = isinstance(parent, ast.Dict) and node in parent.values
    return isinstance(parent, ast.JoinedStr | ast.Expr) or texts


def name(node, parents):
    inside = any(isinstance(parent, ast.FunctionDef) for parent in parents)
    if inside and node.id in PARAMETERS and isinstance(node.ctx, ast.Load):
        for other in PARAMETERS:
            if other != node.id:
                yield f"{other} for {node.id}", lambda _copied, other=other: ast.Name(other, ast.Load())


CHANGES = {
    ast.Compare: compare, ast.BoolOp: boolean, ast.If: if_statement, ast.IfExp: conditional, ast.Return: returned,
    ast.Assign: assigned, ast.Set: collection, ast.Tuple: collection, ast.Dict: dictionary, ast.Constant: constant,
    ast.Name: name,
}  # fmt: skip


def parts(node: ast.AST, way: tuple = (), parents: tuple = ()) -> Iterator[tuple[tuple, ast.AST, list[ast.AST]]]:
    """Every node below with the way to it."""
    yield way, node, list(parents)
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "args"} and not isinstance(node, ast.Call):
            continue
        for place, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.AST):
                step = (field, place if isinstance(value, list) else None)
                yield from parts(child, (*way, step), (*parents, node))


def at(node: ast.AST, way: tuple) -> ast.AST:
    for field, place in way:
        value = getattr(node, field)
        node = value if place is None else value[place]
    return node


def put(tree: ast.AST, way: tuple, new: ast.AST) -> None:
    field, place = way[-1]
    holder = at(tree, way[:-1])
    if place is None:
        setattr(holder, field, new)
    else:
        getattr(holder, field)[place] = new


def read_by_decide(tree: ast.Module) -> Iterator[tuple[str, int, ast.AST]]:
    for place, node in enumerate(tree.body):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        named = node.name if isinstance(node, ast.FunctionDef) else getattr(target, "id", "")
        if named == "decide" or named in TABLES:
            yield named, place, node


def mutants(source: str) -> Iterator[Mutant]:
    """Every wrong version there is, in the order of the file."""
    tree = ast.parse(source)
    for named, place, top in read_by_decide(tree):
        for way, node, parents in parts(top, (("body", place),)):
            for words, change in changes_of(node, parents):
                body = list(tree.body)
                body[place] = copy.deepcopy(top)
                wrong = ast.Module(body, [])
                put(wrong, way, change(copy.deepcopy(node)))
                line = getattr(node, "lineno", top.lineno)
                ast.fix_missing_locations(wrong.body[place])
                yield Mutant(f"{named}, line {line}: {words}", wrong, place)


# --- asking them --------------------------------------------------------------------------------------------------------


def notices(mutant: Mutant, asked: list[tuple[Case, str]]) -> bool:
    """Whether one answer differs from the table, or the wrong version does not even start."""
    module = types.ModuleType("wrong_rules")
    try:
        exec(compile(mutant.tree, SOURCE.name, "exec"), module.__dict__)  # noqa: S102  # a wrong version of our own file
        decide = module.decide
        for (role, agency, purpose, kind, consent, relation), reason in asked:
            answer = decide(role=role, agency_class=agency, purpose=purpose, privacy_class=kind, consent=consent,
                            relation=relation)  # fmt: skip
            if answer.allowed is not (reason == "yes") or answer.reason != REASONS[reason]:
                return True
    except Exception:  # noqa: BLE001, RUF100  # however it fails, it is noticed
        return True
    return False


def measure() -> tuple[int, list[str]]:
    """How many wrong versions there are, and those that nobody noticed."""
    asked = questions()
    assert not notices(Mutant("the right one", ast.parse(SOURCE.read_text())), asked)
    every = list(mutants(SOURCE.read_text()))
    return len(every), [mutant.label for mutant in every if not notices(mutant, asked)]


def main() -> None:
    """Print the score and the survivors; fail below what is demanded."""
    total, survivors = measure()
    score = (total - len(survivors)) / total
    print(f"decide(): {total - len(survivors)} of {total} wrong versions noticed, {score:.1%} (demanded {DEMANDED:.0%})")
    for label in survivors:
        print(f"  not noticed: {label}")
    sys.exit(0 if score >= DEMANDED else 1)


if __name__ == "__main__":
    main()

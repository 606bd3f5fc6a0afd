"""Spoken codes: two gentle words and a number, easy to say over a radio and impossible to trace back."""

from __future__ import annotations

COLOURS = (
    "amber", "aqua", "bronze", "cedar", "cherry", "coral", "cream", "fern", "ginger", "golden", "hazel", "indigo",
    "ivory", "jade", "lemon", "lilac", "lime", "maple", "mint", "moss", "olive", "opal", "orchid", "peach", "pearl",
    "pine", "plum", "rose", "russet", "sage", "sand", "silver", "slate", "teal", "umber", "violet", "willow", "wheat",
)  # fmt: skip
BIRDS = (
    "avocet", "bluebird", "bunting", "cardinal", "chickadee", "crane", "curlew", "dove", "dunlin", "eider", "finch",
    "grebe", "heron", "ibis", "jay", "junco", "kestrel", "kinglet", "lark", "linnet", "loon", "martin", "oriole",
    "osprey", "owl", "petrel", "phoebe", "plover", "puffin", "robin", "sanderling", "sparrow", "starling", "swallow",
    "swift", "tanager", "teal", "tern", "thrush", "towhee", "vireo", "warbler", "willet", "wren",
)  # fmt: skip
NUMBERS = 990
CODES = len(COLOURS) * len(BIRDS) * NUMBERS


def spoken_code(number: int) -> str:
    """The code for a number in 0 … CODES-1, such as “amber-heron 42”; the same number always gives the same code."""
    rest, tail = divmod(number % CODES, NUMBERS)
    colour, bird = divmod(rest, len(BIRDS))
    return f"{COLOURS[colour]}-{BIRDS[bird]} {tail + 10}"

"""What is known about names: nicknames, particles, two surnames, Jr and Sr, the same name in another language. No database.

Nothing here says who anybody is; it says which spellings one human being may use.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from nicknames import NickNamer

LONGEST = 80  # letters of a name that are read; a longer one is a mistake of the sender and is cut, never refused
_SMALL = "a al ap ben bin da das de del della den der di do dos du e el ibn la las le les lo los te ten ter van vom von y zu"
PARTICLES = frozenset(_SMALL.split())
SUFFIXES = {
    "jr": "jr", "junior": "jr", "filho": "jr", "hijo": "jr", "fils": "jr", "sr": "sr", "senior": "sr", "pai": "sr",
    "ii": "2", "iii": "3", "iv": "4", "neto": "3", "nieto": "3", "sobrinho": "nephew",
}  # fmt: skip
# Short forms the list of English nicknames does not know, and one name in several languages, as people carry it here.
ALSO = """
    francisco francis frank chico paco pancho cisco quico francois franck
    jose joseph joe ze zeca pepe jozef zezinho
    manuel manny manolo manel nelo manoel emmanuel manno
    antonio anthony tony tonho toninho antoine toño antoni
    joao john juan johnny jon jean joaozinho juanito
    miguel michael mike michel mikey miguelito
    guillermo william bill memo guilherme billy will guillaume willy
    eduardo edward ed lalo eddie duda eddy edouard
    roberto robert bob beto bobby rob
    alberto albert al beto
    luis louis lucho luiz lou louie luisito
    pedro peter pierre pete pedrinho
    pablo paul paulo
    jorge george jorginho georges
    carlos charles carlinhos charlie charly
    enrique henry quique kike henrique henri
    fernando ferdinand nando
    rafael raphael rafa rafi
    ignacio nacho
    jesus chuy chucho
    guadalupe lupe lupita
    dolores lola
    rosario charo
    concepcion concha conchita
    maria mary marie mari mariazinha
    ana ann anna anne anita aninha
    isabel elizabeth isabela liz isa bel belinha elisabeth elisabete
    catarina catherine kate katie kathy catalina cathy katarina katherine
    teresa theresa terry tere tete therese
    margarita margaret maggie margarida marguerite
    rosa rose rosinha rosita
    lucia lucy lucie
    vicente vincent vin vinny
    domingos dominic domingo dominique
    estevao steven stephen esteban steve etienne
    mateus matthew mateo matt mathieu
    tiago james santiago diego jim yago jacques jaime
    lucas luke luc
    marcos mark marco marc
    andre andrew andres andy andreas
    felipe philip phil filipe philippe
    ricardo richard rick rico
    daniel dan danny dani
    david dave davi
    alejandro alexander alex alexandre
    gilberto gilbert gil
    evangelista vangie
    wilfredo wilfred willie fredo
    altagracia alta tata
    """
# Written where a name is not known: two of them are nobody in common.
NOBODY = frozenset({"unknown", "unk", "unidentified", "unnamed", "noname", "anonymous", "nobody", "doe"})
_APART = re.compile(r"[\s\-‐-―_/,.;]+")
_nicks = NickNamer()
_also: dict[str, frozenset[str]] = {}


@lru_cache(maxsize=65536)
def words(name: str) -> tuple[str, ...]:
    """The words of a name as bare lower-case letters: “José Nuñez-Díaz” is jose, nunez, diaz; “O'Brien” is one word."""
    name = name[:LONGEST]
    if name.isascii():
        folded = name.lower()
    else:
        stripped = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
        folded = "".join(letter for letter in stripped.replace("đ", "d").replace("ø", "o").replace("ł", "l"))
    split = ("".join(letter for letter in word if letter.isalpha()) for word in _APART.split(folded))
    return tuple(word for word in split if word and word not in NOBODY)


def fold(name: str) -> str:
    """A name as bare lower-case letters in one piece: “Mary-Ann” and “maryann” fold alike."""
    return "".join(words(name))


@lru_cache(maxsize=65536)
def parts(family: str) -> tuple[str, ...]:
    """The parts of a family name that tell people apart, folded, without particles and Jr; “de la Cruz” is cruz.

    A name that is all particles keeps them: Le, Do, Van and Ben are family names too.
    """
    found = words(family)
    kept = tuple(word for word in found if len(word) > 1 and word not in PARTICLES and word not in SUFFIXES)
    return kept or found


def suffix_of(*names: str) -> str:
    """Which of father, son and grandson a name says: “jr”, “sr”, “2”, “3”, “4”; empty when it says none."""
    for name in names:
        for word in reversed(words(name)):
            if word in SUFFIXES:
                return SUFFIXES[word]
    return ""


@lru_cache(maxsize=65536)
def canonical(given: str) -> frozenset[str]:
    """The full names a given name may stand for, itself among them; all in bare letters, for every word of it."""
    found: set[str] = set()
    for word in words(given):
        found |= {word} | _nicks.canonicals_of(word) | _also_of(word)
    return frozenset(found)


@lru_cache(maxsize=65536)
def nicknames(given: str) -> frozenset[str]:
    """The short forms of a given name that is one word, itself not among them."""
    return frozenset(_nicks.nicknames_of(given))


def is_known(given: str) -> bool:
    """Whether one folded word is on a list of given names; many are on none."""
    return bool(_nicks.canonicals_of(given) or _nicks.nicknames_of(given) or _also_of(given))


def _also_of(word: str) -> frozenset[str]:
    if not _also:
        for line in ALSO.strip().splitlines():
            names = line.split()
            for name in (part for spelled in names for part in words(spelled)[:1]):
                _also[name] = _also.get(name, frozenset()) | {words(names[0])[0]}
    return _also.get(word, frozenset())

"""Made-up people with the naming habits of the towns, written down as busy people at counters write: with the truth (`ent`).

usage: names_of_the_towns.py N_RECORDS OUT.csv [SEED]

Portuguese, Cape Verdean, Haitian, Khmer, Vietnamese, Puerto Rican and Dominican habits: two surnames of which one is
dropped, hyphened or taken for a middle name; particles and accents lost; family name first; one romanization or another;
Filho and Neto; a home name; 1 January for an unknown birthday. A tenth are brothers and sisters at one address.
`ent` begins with the habit. The lists are common names written by hand, no table of anybody's.
"""

# ruff: noqa: E501  (lists and tables laid by hand)

from __future__ import annotations

import csv
import random
import sys
import unicodedata
from dataclasses import dataclass, field
from typing import Any

COLUMNS = [
    "rec_id",
    "ent",
    "first",
    "middle",
    "last",
    "suffix",
    "dob",
    "sex",
    "street_no",
    "street",
    "city",
    "zip",
    "phone",
]
LUSO_M = "José António João Manuel Carlos Luís Francisco Paulo Pedro Jorge Fernando Rui Nuno Tiago Miguel Joaquim Mário Hélder"
LUSO_F = "Maria Ana Isabel Fátima Teresa Helena Lúcia Conceição Graça Rosa Catarina Inês Sofia Natália Filomena Lurdes"
LUSO_L = (
    "Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Fernandes Gonçalves Gomes Lopes Marques Medeiros Furtado"
    " Pacheco Amaral Arruda Câmara Botelho Raposo Correia Moniz Cabral Aguiar Melo Tavares Teixeira Carvalho Araújo Simões"
)
CAPE_L = "Andrade Barros Brito Cardoso Fontes Gomes Lopes Miranda Monteiro Pina Pires Ramos Rosário Semedo Tavares Teixeira Varela Veiga Vieira Évora"
HAITI_M = "Jean Pierre Joseph Jacques Wilner Emmanuel Frantz Réginald Stanley Jude Ronald Yves Évens Mackenson Fritz Lucien Gérard Wisly"
HAITI_F = (
    "Marie Rose Guerline Nadège Mirlande Yolande Ketsia Esther Fabiola Natacha Claudette Régine Widline Darline Islande"
)
HAITI_L = (
    "Pierre Jean Joseph Louis Charles François Jean-Baptiste Jean-Louis Saint-Fleur Désir Étienne Augustin Jean-Pierre Exantus Célestin"
    " Dorvil Philippe Paul Michel Estimé Toussaint Beauvais Lafleur Germain Cadet Noël Moïse Pierre-Louis"
)
KHMER_M = "Sok Chan Dara Vuthy Sopheap Samnang Rithy Bunthoeun Kosal Piseth Sothea Veasna Phirun Ratanak Sovann Chhay"
KHMER_F = "Sreymom Chanthy Sophea Bopha Sokha Channary Kunthea Maly Ravy Sina Thida Phally Sreypov Chenda"
KHMER_L = "Sok Chea Kim Chhim Heng Keo Long Mao Meas Nhem Ouk Pen Phan Prak Ros Sam San Seng Som Suon Tep Tith Touch Yim Chhay"
VIET_M = "Hùng Dũng Tuấn Minh Anh Long Nam Phong Quang Sơn Thắng Trung Việt Đức Hải Khánh"
VIET_F = "Hoa Lan Mai Hương Linh Nga Ngọc Phương Thảo Thu Trang Tuyết Yến Hạnh Kim Đào"
VIET_L = "Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý"
LATIN_M = "José Luis Juan Carlos Ángel Miguel Héctor Rafael Jorge Ramón Víctor Pedro Edwin Wilfredo Félix Orlando Jesús Roberto"
LATIN_F = (
    "María Carmen Ana Luz Rosa Iris Wanda Milagros Altagracia Yesenia Maribel Evelyn Mercedes Josefina Yolanda Ramona"
)
LATIN_L = (
    "Rivera Rodríguez Santiago Ortiz Colón Cruz Vázquez Ramos Figueroa Torres Rosario Peña Reyes Núñez Polanco Guzmán De_la_Cruz Del_Valle"
    " Jiménez Martínez González Pérez Sánchez Díaz Morales Maldonado Almonte Tejada De_los_Santos Feliz Marte Báez Mejía Quiñones"
)
HABITS = {
    "portuguese": (LUSO_M, LUSO_F, LUSO_L), "capeverdean": (LUSO_M, LUSO_F, CAPE_L), "haitian": (HAITI_M, HAITI_F, HAITI_L),
    "khmer": (KHMER_M, KHMER_F, KHMER_L), "vietnamese": (VIET_M, VIET_F, VIET_L), "puertorican": (LATIN_M, LATIN_F, LATIN_L),
    "dominican": (LATIN_M, LATIN_F, LATIN_L),
}  # fmt: skip
HOME = {
    "José": ["Zé", "Zeca", "Joe", "Pepe", "Cheo"], "António": ["Tony", "Toninho"], "João": ["John", "Djon"], "Manuel": ["Manny", "Nelo"],
    "Francisco": ["Chico", "Frank"], "Luís": ["Lou", "Louie"], "Miguel": ["Mike"], "Pedro": ["Peter"], "Carlos": ["Charlie"],
    "Maria": ["Mary", "Mia"], "Ana": ["Ann", "Anita"], "Isabel": ["Bela", "Elizabeth"], "Teresa": ["Terry"], "Fernando": ["Nando"],
    "Jean": ["John", "Ti Jean"], "Pierre": ["Peter"], "Joseph": ["Joe"], "Emmanuel": ["Manno"], "Marie": ["Mary"],
    "Juan": ["John", "Juanito"], "Luis": ["Louie"], "Jesús": ["Chuy"], "María": ["Mary", "Ma"], "Wilfredo": ["Willie"], "Rafael": ["Rafa"],
    "Roberto": ["Robert", "Beto"], "Altagracia": ["Tata", "Alta"], "Josefina": ["Josie", "Fina"], "Héctor": ["Tito"], "Minh": ["Tommy"],
}  # fmt: skip
ROMAN = [
    ("chh", "ch"),
    ("ph", "p"),
    ("th", "t"),
    ("ou", "u"),
    ("ea", "ia"),
    ("ey", "ay"),
    ("s", "z"),
    ("k", "kh"),
    ("oe", "eu"),
]


@dataclass
class Person:
    habit: str
    sex: str
    given: list[str]
    family: list[str]
    born: tuple[int, int, int]
    address: tuple[str, str, str, str]
    phone: str
    suffix: str = ""
    clerk: dict[str, Any] = field(default_factory=dict)


class Towns:
    """People and how they were written down, from one seed."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        words = "Elm Oak Mill Union Pleasant Front River School Bank Purchase Cedar Grove Spring Rock Water County Plymouth Acushnet"
        self.streets = [f"{word} {kind}" for word in words.split() for kind in ("St", "Ave", "Ct", "Ln")]
        places = (
            "Fairharbor Northbrook Millbridge Southport Eastham_Falls Quarry_Hill Bayview Oldfield Riverton Lakemont"
        )
        self.towns = [
            (place.replace("_", " "), f"0{2700 + 11 * number}") for number, place in enumerate(places.split())
        ]

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def address(self) -> tuple[str, str, str, str]:
        town, code = self.random.choice(self.towns)
        return str(self.random.randint(1, 900)), self.random.choice(self.streets), town, code

    def person(self, like: Person | None) -> Person:
        habit = like.habit if like else self.random.choice(list(HABITS))
        sex = "m" if self.chance(0.6) else "f"
        men, women, families = HABITS[habit]
        given = self.random.sample((men if sex == "m" else women).split(), 2)
        two = habit in ("portuguese", "capeverdean", "puertorican", "dominican")
        family = self.random.sample([name.replace("_", " ") for name in families.split()], 2 if two else 1)
        if habit == "portuguese" and self.chance(0.3):
            family[-1] = self.random.choice(["da ", "de ", "dos "]) + family[-1]
        if habit == "vietnamese":
            given = [
                "Văn" if sex == "m" and self.chance(0.5) else "Thị" if sex == "f" and self.chance(0.6) else given[1],
                given[0],
            ]
        born = (int(self.random.gauss(1983, 14)), self.random.randint(1, 12), self.random.randint(1, 28))
        if habit == "khmer" and self.chance(0.2):
            born = (born[0], 1, 1)
        found = Person(habit, sex, given, family, born, self.address(), self.phone())
        if habit in ("portuguese", "capeverdean") and sex == "m" and self.chance(0.06):
            found.suffix = self.random.choice(["Filho", "Neto", "Júnior"])
        if like:
            found.family, found.address = list(like.family), like.address
        return found

    def phone(self) -> str:
        return f"{self.random.choice(('508', '774', '617'))}{self.random.randint(2000000, 9999999)}"

    def record(self, person: Person) -> list[str]:
        if self.chance(0.2):
            person.address = self.address()
        if self.chance(0.2):
            person.phone = self.phone()
        first, middle, last = getattr(self, "_" + self._way(person.habit))(person)
        if self.chance(0.12) and person.given[0] in HOME:
            first = self.random.choice(HOME[person.given[0]])
        first, last = self.slip(first, 0.04), self.slip(last, 0.05)
        if person.suffix and self.chance(0.6):
            last = f"{last} {person.suffix}"
        if self.chance(0.6):
            first, middle, last = (bare(name) for name in (first, middle, last))
        number, street, town, code = person.address if self.chance(0.88) else ("", "", person.address[2], "")
        return [
            first,
            middle,
            last,
            "",
            self.date(person),
            person.sex,
            number,
            street,
            town,
            code,
            person.phone * self.chance(0.5),
        ]

    def _way(self, habit: str) -> str:
        return {"vietnamese": "eastern", "khmer": "eastern", "haitian": "haitian"}.get(habit, "iberian")

    def _iberian(self, person: Person) -> tuple[str, str, str]:
        (one, two), (mine, theirs) = person.given, person.family
        usual, other = (theirs, mine) if person.habit in ("portuguese", "capeverdean") else (mine, theirs)
        way = self.random.random()
        last = usual
        if way < 0.25:
            last = f"{mine} {theirs}"
        elif way < 0.35:
            last = f"{mine}-{theirs}"
        elif way < 0.45:
            last = other
        first, middle = (f"{one} {two}", "") if self.chance(0.15) else (one, two if self.chance(0.15) else "")
        if way > 0.9:
            middle = other
        if self.chance(0.25):
            last = last.split(" ")[-1]
        return first, middle, last

    def _haitian(self, person: Person) -> tuple[str, str, str]:
        one, two = person.given
        first = f"{one}-{two}" if self.chance(0.3) else f"{one} {two}" if self.chance(0.15) else one
        last = person.family[0]
        if "-" in last and self.chance(0.3):
            last = last.replace("-", self.random.choice([" ", ""]))
        if self.chance(0.08):
            first, last = last, first
        return first, two if "-" not in first and self.chance(0.15) else "", last

    def _eastern(self, person: Person) -> tuple[str, str, str]:
        one, two, last = *person.given, person.family[0]
        if person.habit == "khmer":
            first = self.roman(one, 0.15)
            return (last, "", first) if self.chance(0.12) else (first, "", self.roman(last, 0.08))
        first, middle = (f"{one} {two}", "") if self.chance(0.25) else (two, one if self.chance(0.5) else "")
        return (last, middle, first) if self.chance(0.1) else (first, middle, last)

    def roman(self, name: str, share: float) -> str:
        found = [pair for pair in ROMAN if pair[0] in name.lower()]
        return name.lower().replace(*self.random.choice(found), 1).title() if found and self.chance(share) else name

    def slip(self, name: str, share: float) -> str:
        if len(name) < 4 or not self.chance(share):
            return name
        at = self.random.randrange(1, len(name) - 1)
        return self.random.choice(
            [
                name[:at] + name[at + 1 :],
                name[:at] + name[at] + name[at:],
                name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :],
            ]
        )

    def date(self, person: Person) -> str:
        year, month, day = person.born
        if self.chance(0.08):
            return ""
        if self.chance(0.05) and day <= 12:
            month, day = day, month
        if self.chance(0.03):
            day = day % 28 + 1
        if self.chance(0.015):
            year += self.random.choice((-10, -1, 1, 10))
        return f"{year}-{month:02d}-{day:02d}"


def bare(name: str) -> str:
    flat = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in flat if not unicodedata.combining(letter))


def rows(size: int, seed: int) -> list[list[str]]:
    towns, found, before, number = Towns(seed), [], None, 0
    while len(found) < size:
        person = towns.person(before if before and towns.chance(0.1) else None)
        for _record in range(towns.random.choice((1, 1, 1, 2, 2, 3, 4))):
            found.append([f"{person.habit}-{number}", *towns.record(person)])
        before, number = person, number + 1
    towns.random.shuffle(found)
    return found[:size]


def main(size: str, target: str, seed: str = "7") -> None:
    with open(target, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        out.writerows([str(number), *row] for number, row in enumerate(rows(int(size), int(seed))))


if __name__ == "__main__":
    main(*sys.argv[1:])

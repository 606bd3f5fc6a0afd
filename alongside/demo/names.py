"""The words made-up people are made of: written for this demonstration, none of them taken from a list of anybody."""

from __future__ import annotations

GIVEN = (
    "Aaliyah", "Aiden", "Ama", "Amir", "Ana", "Andre", "Anjali", "Bao", "Beatriz", "Bianca", "Calvin", "Carmen",
    "Cedric", "Dalia", "Darnell", "Deb", "Diego", "Dmitri", "Elena", "Emeka", "Esther", "Fatou", "Felix", "Frances",
    "Gabriel", "Gloria", "Hana", "Hector", "Ines", "Ivan", "Jamal", "Jasmine", "Joao", "Josue", "Kayla", "Kofi",
    "Lamar", "Leticia", "Linh", "Lorna", "Luz", "Malik", "Marisol", "Mei", "Milo", "Nadia", "Nate", "Odalys", "Owen",
    "Priya", "Quinn", "Rafael", "Rosalind", "Samir", "Tamika", "Theo", "Tomasz", "Umar", "Vera", "Wendell", "Ximena",
    "Yara", "Yves", "Zoe",
)  # fmt: skip
FAMILY = (
    "Abara", "Acevedo", "Adler", "Almeida", "Arkwright", "Baptiste", "Barros", "Bellamy", "Bialek", "Boateng",
    "Brightwater", "Cabral", "Calloway", "Castellan", "Chowdhury", "Corrigan", "Dabrowski", "Danso", "Delacroix",
    "Dossantos", "Dunleavy", "Ekwueme", "Elmwood", "Espinal", "Etienne", "Fairbanks", "Farahani", "Ferreira",
    "Figueroa", "Fonseca", "Gallagher", "Garrido", "Goldmark", "Guerrier", "Hadley", "Haidari", "Hollis", "Huynh",
    "Ibarra", "Iverson", "Jelinek", "Joubert", "Kaczmarek", "Kessler", "Kimura", "Kovacs", "Lachance", "Lindqvist",
    "Lombardo", "Macedo", "Mahoney", "Marchetti", "Mbeki", "Mendonca", "Montrose", "Nakagawa", "Novak", "Nwosu",
    "Okonjo", "Ortega", "Ouellet", "Pacheco", "Pelletier", "Petrov", "Pierrelus", "Quintero", "Ramsay", "Rourke",
    "Saldana", "Santiago", "Sobczak", "Tavares", "Thibault", "Tran", "Ueda", "Valcourt", "Vasquez", "Whitlock",
    "Yilmaz", "Zamora", "Zielinski",
)  # fmt: skip
# Two spellings that sound alike: the later record waits in match review.
SOUND_ALIKE = (
    (("Stephen", "Petersen"), ("Steven", "Peterson")),
    (("Catherine", "Reed"), ("Katherine", "Reid")),
    (("Philip", "Larsen"), ("Phillip", "Larson")),
    (("Sarah", "Hoffman"), ("Sara", "Hofman")),
)
MEETING_PLACES = (
    "the bench by the library", "donut shop on Main", "the laundromat by the bridge", "side door, blue porch",
    "the bus shelter at the mill", "soup kitchen, after lunch", "the park by the ball field", "the diner, back booth",
    "upstairs over the bakery", "the parking lot behind the church hall", "third trailer on the left",
    "the food pantry on Thursdays", "the motel by the exit, ask at the desk", "the river path, second bridge",
)  # fmt: skip
PLACE_SAFETY = ("dog", "stairs", "no_light", "ask_first")
LANGUAGES = ("en", "en", "en", "en", "en", "en", "en", "es", "es", "pt", "ht")
AREA_CODES = ("610", "484", "267", "215", "445")
WORDS = {
    "shelter_tonight": ("somewhere I can lock the door", "anywhere dry", "a bed where my things stay mine"),
    "detox": ("I am ready this week", "I want to sleep through it"),
    "medication": ("the film worked for me before", "I want to try methadone"),
    "residential": ("away from here for a while",),
    "id_papers": ("lost my wallet in March",),
    "food": ("something hot",),
    "family_support": ("my mother should talk to somebody",),
    "employment": ("my old job back",),
    "phone": ("so my daughter can reach me",),
    "ride": ("cannot walk that far with this foot",),
    "syringe_services": ("new supplies, no questions",),
}  # fmt: skip
NOTES = (
    "Prefers mornings.", "Talked for twenty minutes about the job; wants to hear from us.",
    "Call before coming.", "Sister answers the door and is kind.", "Asked for the same coach again.",
    "Sleeping badly since it happened.", "Would like to bring a friend next time.",
)  # fmt: skip

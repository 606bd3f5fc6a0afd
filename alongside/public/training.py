"""Seven steps when somebody may have overdosed, in four languages, in words for somebody whose hands shake.

The order and the numbers follow what CDC and SAMHSA teach (Overdose Prevention and Response Toolkit): 911, one dose into one
nostril, one breath every five seconds, two to three minutes, a second dose, on the side, stay for 30 to 90 minutes and
longer. The words are ours. The Spanish, Portuguese and Haitian Creole texts were not yet read by a native speaker, and
the sentence about the law by no lawyer; `docs/reference/words.md` says so too.
"""

from __future__ import annotations

from dataclasses import dataclass

# The drawing of each step, a file of `static/img/training`, and its step in `naloxone.rules.STEPS`.
DRAWINGS = ("recognize", "call", "give", "breathe", "again", "recovery", "stay")


@dataclass(frozen=True, slots=True)
class Lesson:
    """The sheet in one language: a title, one line under it, seven (heading, sentences) pairs, and what is good to know."""

    language: str
    title: str
    lead: str
    steps: tuple[tuple[str, tuple[str, ...]], ...]
    good_to_know: tuple[str, ...]

    def drawn(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Each step with the file of its drawing."""
        return [(f"img/training/{drawing}.svg", *step) for drawing, step in zip(DRAWINGS, self.steps, strict=True)]


LESSONS: dict[str, Lesson] = {
    "en": Lesson("English", "An overdose: seven steps", "You do not have to be sure. Start now.", (
        ("See if they wake", (
            "Call their name. Shake a shoulder. Rub your knuckles hard on the breastbone.",
            "No answer, blue or gray lips, slow breath, snoring, or no breath: go on.",
        )),
        ("Call 911", ("Say: “Somebody is not breathing”, and where you are. Leave the phone on speaker.",)),
        ("Give naloxone", (
            "On their back, head tilted back. The tip all the way into one nostril. Press.",
            "A needle instead: into the thigh or upper arm, through clothes if you must.",
        )),
        ("Breathe for them", (
            "Head back, chin up, pinch the nose. One breath every five seconds; see the chest rise.",
            "If 911 tells you to press on the chest, do what they say.",
        )),
        ("Two to three minutes. No change? A second dose", (
            "Into the other nostril. Go on breathing for them: breath is what keeps them alive.",
        )),
        ("When they breathe: on the side", ("Upper knee bent, hand under the cheek, so that nothing chokes them.",)),
        ("Stay until help is there", (
            "Naloxone wears off after 30 to 90 minutes, and breathing can stop again.",
            "They may feel very sick. Be kind, say what happened, and ask them not to use more now.",
        )),
    ), (
        "Naloxone does not harm somebody who took no opioids.",
        "Other drugs in the mix may keep them asleep after naloxone. If they breathe, that is enough.",
        "In many states a law protects whoever calls for help in an overdose. Ask what it says where you live.",
    )),
    "es": Lesson("Español", "Una sobredosis: siete pasos", "No hace falta estar seguro. Empiece ya.", (
        ("Mire si despierta", (
            "Llame por su nombre. Sacuda el hombro. Frote fuerte el esternón con los nudillos.",
            "No responde, labios azules o grises, respira lento, ronca o no respira: siga.",
        )),
        ("Llame al 911", ("Diga: «Alguien no respira», y dónde está. Deje el teléfono en altavoz.",)),
        ("Dé naloxona", (
            "Boca arriba, cabeza hacia atrás. La punta hasta el fondo en una fosa nasal. Apriete.",
            "Si es con aguja: en el muslo o el brazo, a través de la ropa si hace falta.",
        )),
        ("Respire por la persona", (
            "Cabeza atrás, mentón arriba, tape la nariz. Un soplo cada cinco segundos; vea subir el pecho.",
            "Si el 911 le dice que presione el pecho, haga lo que le digan.",
        )),
        ("Dos o tres minutos. ¿Sin cambio? Segunda dosis", (
            "En la otra fosa nasal. Siga respirando por la persona: el aire es lo que la mantiene con vida.",
        )),
        ("Cuando respire: de lado", ("Rodilla de arriba doblada, mano bajo la mejilla, para que nada la ahogue.",)),
        ("Quédese hasta que llegue ayuda", (
            "La naloxona deja de actuar a los 30 a 90 minutos, y la respiración puede parar otra vez.",
            "Puede sentirse muy mal. Con cariño, cuente qué pasó y pida que no consuma más ahora.",
        )),
    ), (
        "La naloxona no hace daño a quien no tomó opioides.",
        "Otras drogas pueden mantenerla dormida después de la naloxona. Si respira, basta.",
        "En muchos estados una ley protege a quien pide ayuda en una sobredosis. Pregunte qué dice donde usted vive.",
    )),
    "pt-br": Lesson("Português", "Uma overdose: sete passos", "Você não precisa ter certeza. Comece já.", (
        ("Veja se a pessoa acorda", (
            "Chame pelo nome. Sacuda o ombro. Esfregue o osso do peito com força, com os nós dos dedos.",
            "Não responde, lábios azuis ou cinza, respira devagar, ronca ou não respira: continue.",
        )),
        ("Ligue para o 911", ("Diga: “Alguém não está respirando”, e onde você está. Deixe no viva-voz.",)),
        ("Dê naloxona", (
            "De costas, cabeça para trás. A ponta até o fundo em uma narina. Aperte.",
            "Se for com agulha: na coxa ou no braço, por cima da roupa se precisar.",
        )),
        ("Respire pela pessoa", (
            "Cabeça para trás, queixo para cima, feche o nariz. Um sopro a cada cinco segundos; veja o peito subir.",
            "Se o 911 mandar apertar o peito, faça o que disserem.",
        )),
        ("Dois a três minutos. Nada mudou? Segunda dose", (
            "Na outra narina. Continue respirando pela pessoa: é o ar que a mantém viva.",
        )),
        ("Quando respirar: de lado", ("Joelho de cima dobrado, mão sob o rosto, para que nada a sufoque.",)),
        ("Fique até a ajuda chegar", (
            "A naloxona perde o efeito em 30 a 90 minutos, e a respiração pode parar de novo.",
            "A pessoa pode se sentir muito mal. Com carinho, conte o que houve e peça para não usar mais agora.",
        )),
    ), (
        "A naloxona não faz mal a quem não usou opioides.",
        "Outras drogas podem deixar a pessoa dormindo depois da naloxona. Se ela respira, basta.",
        "Em muitos estados uma lei protege quem pede ajuda numa overdose. Pergunte o que ela diz onde você mora.",
    )),
    "ht": Lesson("Kreyòl ayisyen", "Yon ovèdoz: sèt etap", "Ou pa bezwen sèten. Kòmanse kounye a.", (
        ("Gade si moun nan reveye", (
            "Rele non li. Souke zepòl li. Fwote zo pwatrin li fò ak jwenti dwèt ou.",
            "Li pa reponn, bouch li ble oswa gri, li respire dousman, li wonfle oswa li pa respire: kontinye.",
        )),
        ("Rele 911", ("Di: “Yon moun p ap respire”, ak ki kote ou ye. Mete telefòn nan sou opalè.",)),
        ("Bay naloksòn", (
            "Sou do, tèt la an aryè. Antre pwent lan nèt nan yon twou nen. Peze.",
            "Si se ak zegwi: nan kwis la oswa nan bra a, menm sou rad si sa nesesè.",
        )),
        ("Respire pou li", (
            "Tèt an aryè, manton anlè, bouche nen an. Yon souf chak senk segonn; gade pwatrin nan monte.",
            "Si 911 di ou peze pwatrin nan, fè sa yo di.",
        )),
        ("De a twa minit. Anyen pa chanje? Yon dezyèm dòz", (
            "Nan lòt twou nen an. Kontinye respire pou li: se souf la ki kenbe l vivan.",
        )),
        ("Lè li respire: sou kote", ("Jenou anwo a pliye, men anba bò figi, pou anyen pa toufe l.",)),
        ("Rete jiskaske èd rive", (
            "Naloksòn nan fini apre 30 a 90 minit, epi souf la ka kanpe ankò.",
            "Li ka santi l trè mal. Ak dousè, di l sa ki pase, epi mande l pou l pa pran plis kounye a.",
        )),
    ), (
        "Naloksòn pa fè moun ki pa t pran opyoyid mal.",
        "Lòt dwòg ka kite moun nan ap dòmi apre naloksòn. Si li respire, sa ase.",
        "Nan anpil eta, yon lwa pwoteje moun ki rele pou èd nan yon ovèdoz. Mande sa lwa a di kote ou rete a.",
    )),
}  # fmt: skip


def lesson_for(*wanted: str) -> tuple[str, Lesson]:
    """The sheet in the first of the wanted languages there is, else in English, with its code."""
    code = next((code for code in wanted if code in LESSONS), "en")
    return code, LESSONS[code]

"""The promise and the privacy notice in four languages, in words a tired person can read.

What a patient notice must say follows 42 CFR 2.22 and 45 CFR 164.520. The Spanish, Portuguese and Haitian Creole texts
were not yet read by a native speaker; `docs/reference/words.md` says so too.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice in one language: its name, a title, one line under it, and (heading, sentences) pairs."""

    language: str
    title: str
    lead: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]


NOTICES: dict[str, Notice] = {
    "en": Notice("English", "Your privacy", "You are not in trouble. What you tell us is yours.", (
        ("Who we are", (
            "A health worker and an officer may come to see you after an overdose or a call to the police.",
            "We ask what would help today. You can say no, and nothing happens to you.",
        )),
        ("What police can see", (
            "An officer who visits you sees the name to ask for, where to meet, and your language. Nothing else.",
            "Police never see your needs, your treatment, your notes, or your phone number.",
            "Police cannot look you up. There is no place in this program for a warrant or a charge.",
            "You can say: no police. It counts from that minute.",
        )),
        ("What we keep", (
            "A name to ask for, a way to reach you, what you asked for, and what we did.",
            "It is locked. Each time somebody opens it, we write down who and why.",
            "If you agree to nothing, we lock it for good after 90 days.",
        )),
        ("Who else may learn about you", (
            "Only a place you choose, and only what you agree to. You can take it back at any time.",
            "A hospital, if your life is in danger. We write down what we told them.",
            "A court, only with a judge's order that names what it wants. We ask our lawyer first.",
        )),
        ("What you can ask for", (
            "See all we keep about you, and who looked at it.",
            "Have a mistake put right. Have something kept from one person or one office.",
            "Have it all forgotten. Tell us to stop coming.",
            "Ask any worker, or use the page about complaints. It costs nothing, and nobody may hold it against you.",
        )),
    )),
    "es": Notice("Español", "Su privacidad", "Usted no está en problemas. Lo que nos cuenta es suyo.", (
        ("Quiénes somos", (
            "Una persona de salud y un agente pueden visitarle después de una sobredosis o de una llamada a la policía.",
            "Preguntamos qué le ayudaría hoy. Puede decir que no, y no le pasa nada.",
        )),
        ("Qué puede ver la policía", (
            "El agente que le visita ve por quién preguntar, dónde encontrarse y su idioma. Nada más.",
            "La policía nunca ve lo que necesita, su tratamiento, sus notas ni su teléfono.",
            "La policía no puede buscarle aquí. En este programa no hay lugar para órdenes de arresto ni cargos.",
            "Puede decir: sin policía. Vale desde ese minuto.",
        )),
        ("Qué guardamos", (
            "Un nombre por el que preguntar, cómo encontrarle, lo que pidió y lo que hicimos.",
            "Está bajo llave. Cada vez que alguien lo abre, anotamos quién y por qué.",
            "Si no acepta nada, lo cerramos para siempre a los 90 días.",
        )),
        ("Quién más puede saber de usted", (
            "Solo un lugar que usted elija, y solo lo que usted acepte. Puede cambiar de idea cuando quiera.",
            "Un hospital, si su vida corre peligro. Anotamos lo que les dijimos.",
            "Un tribunal, solo con una orden de un juez que diga qué quiere. Primero hablamos con nuestro abogado.",
        )),
        ("Qué puede pedir", (
            "Ver todo lo que guardamos de usted y quién lo miró.",
            "Corregir un error. Que algo no lo vea cierta persona u oficina.",
            "Que lo olvidemos todo. Que dejemos de venir.",
            "Pídalo a cualquier persona del equipo, o use la página de quejas. No cuesta nada y nadie puede castigarle.",
        )),
    )),
    "pt-br": Notice("Português", "Sua privacidade", "Você não está em apuros. O que você nos conta é seu.", (
        ("Quem somos", (
            "Uma pessoa da saúde e um policial podem visitar você depois de uma overdose ou de uma chamada à polícia.",
            "Perguntamos o que ajudaria hoje. Você pode dizer não, e nada acontece com você.",
        )),
        ("O que a polícia pode ver", (
            "O policial que visita você vê por quem perguntar, onde encontrar e o seu idioma. Mais nada.",
            "A polícia nunca vê o que você precisa, seu tratamento, suas notas nem seu telefone.",
            "A polícia não pode procurar você aqui. Neste programa não há lugar para mandados nem acusações.",
            "Você pode dizer: sem polícia. Vale desde esse minuto.",
        )),
        ("O que guardamos", (
            "Um nome por quem perguntar, como falar com você, o que você pediu e o que fizemos.",
            "Fica trancado. Cada vez que alguém abre, anotamos quem e por quê.",
            "Se você não aceitar nada, trancamos para sempre depois de 90 dias.",
        )),
        ("Quem mais pode saber de você", (
            "Só um lugar que você escolher, e só o que você aceitar. Você pode voltar atrás quando quiser.",
            "Um hospital, se sua vida estiver em perigo. Anotamos o que dissemos.",
            "Um tribunal, só com ordem de um juiz que diga o que quer. Antes falamos com nosso advogado.",
        )),
        ("O que você pode pedir", (
            "Ver tudo o que guardamos sobre você e quem olhou.",
            "Corrigir um erro. Que certa pessoa ou serviço não veja alguma coisa.",
            "Que esqueçamos tudo. Que paremos de vir.",
            "Peça a qualquer pessoa da equipe, ou use a página de queixas. Não custa nada e ninguém pode punir você.",
        )),
    )),
    "ht": Notice("Kreyòl ayisyen", "Vi prive ou", "Ou pa nan pwoblèm. Sa ou di nou se pou ou.", (
        ("Kiyès nou ye", (
            "Yon moun ki travay nan sante ak yon polisye ka vin wè ou apre yon ovèdoz oswa yon apèl lapolis.",
            "Nou mande kisa ki ta ede ou jodi a. Ou ka di non, epi anyen p ap rive ou.",
        )),
        ("Kisa lapolis ka wè", (
            "Polisye ki vizite ou a wè non pou li mande, ki kote pou nou rankontre, ak lang ou. Anyen ankò.",
            "Lapolis pa janm wè sa ou bezwen, tretman ou, nòt ou, ni telefòn ou.",
            "Lapolis pa ka chèche ou isit la. Pwogram sa a pa gen plas pou manda ni akizasyon.",
            "Ou ka di: san lapolis. Sa konte depi minit sa a.",
        )),
        ("Kisa nou kenbe", (
            "Yon non pou nou mande, kijan pou nou jwenn ou, sa ou te mande, ak sa nou te fè.",
            "Li fèmen ak kle. Chak fwa yon moun louvri li, nou ekri kiyès ak poukisa.",
            "Si ou pa dakò ak anyen, nou fèmen li pou tout tan apre 90 jou.",
        )),
        ("Kiyès ankò ki ka konnen", (
            "Sèlman yon kote ou chwazi, ak sèlman sa ou dakò. Ou ka chanje lide nenpòt lè.",
            "Yon lopital, si lavi ou an danje. Nou ekri sa nou te di yo.",
            "Yon tribinal, sèlman ak lòd yon jij ki di kisa li vle. Nou pale ak avoka nou anvan.",
        )),
        ("Kisa ou ka mande", (
            "Wè tout sa nou kenbe sou ou, ak kiyès ki te gade li.",
            "Korije yon erè. Fè yon moun oswa yon biwo pa wè yon bagay.",
            "Fè nou bliye tout bagay. Di nou pa vini ankò.",
            "Mande nenpòt moun nan ekip la, oswa sèvi ak paj plent lan. Li gratis, epi pèsonn pa ka pini ou pou sa.",
        )),
    )),
}  # fmt: skip


def notice_for(*wanted: str) -> tuple[str, Notice]:
    """The notice in the first of the wanted languages there is, else in English, with its code."""
    code = next((code for code in wanted if code in NOTICES), "en")
    return code, NOTICES[code]

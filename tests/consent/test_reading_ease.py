"""What somebody reads before they agree is easy to read, in each language, and says what has to be said.

English: Flesch-Kincaid grade. Spanish: Fernández-Huerta (70 and more: “fairly easy”, sixth grade) and Szigriszt with the
INFLESZ scale (65 and more: “fairly easy”). Portuguese: Flesch as adapted by Martins and others (50 to 75: “easy”, up to
the eighth grade; we ask for 65). Haitian Creole has no measure of its own: LIX (under 30: “very easy”).
Syllables: the larger of pyphen's parts and the groups of vowels, so that a word is never taken for shorter than it is.
"""

import re
from datetime import timedelta

import pyphen
import pytest

from alongside.common.clock import now
from alongside.consent.wording import LANGUAGES, Scope, agreement, texts
from alongside.settings import LANGUAGES as SPOKEN

DICTIONARIES = {"en": "en_US", "es": "es", "pt-br": "pt_BR"}
VOWELS = {"en": "[aeiouy]+", "es": "[aeiouáéíóúü]+", "pt-br": "[aeiouáéíóúâêôãõàü]+"}
KEYS = {
    "title", "free", "tells", "what", "why", "why_tpo", "until", "back", "police", "court", "list", "copy", "sign", "words",
}  # fmt: skip


def read(language, purpose="referral_send", designation=""):
    scope = Scope(
        "Harbor Recovery", "Harbor Shelter", designation, ("contact", "health", "part2"), purpose, now() + timedelta(days=90)
    )  # fmt: skip
    return agreement(scope, language, "America/New_York")


def measured(language, purpose):
    """(words, words of a sentence, syllables of a word, share of words over six letters)."""
    text = read(language, purpose).sentences()
    # The names of agencies and the day are not ours to write.
    text = re.sub(r"Harbor Recovery|Harbor Shelter|\d+", "", text)
    sentences = [part for part in re.split(r"[.!?:]\s|\n", text) if re.search(r"\w", part)]
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text)
    syllables = 0
    if language in DICTIONARIES:
        dictionary = pyphen.Pyphen(lang=DICTIONARIES[language], left=1, right=1)
        for word in words:
            groups = len(re.findall(VOWELS[language], word.lower()))
            silent = language == "en" and groups > 1 and re.search(r"[^aeioul]e$", word.lower())
            parts = dictionary.inserted(word.lower()).count("-") + 1
            syllables += max(1, parts, groups - bool(silent))
    long_words = sum(len(word) > 6 for word in words)
    return len(words), len(words) / len(sentences), syllables / len(words), 100 * long_words / len(words)


@pytest.mark.covers("R11")
@pytest.mark.parametrize("purpose", ["referral_send", "tpo"])
def test_english_is_for_the_sixth_grade(purpose):
    _, length, syllables, _ = measured("en", purpose)
    assert 0.39 * length + 11.8 * syllables - 15.59 <= 6


@pytest.mark.covers("R11")
@pytest.mark.parametrize("purpose", ["referral_send", "tpo"])
def test_spanish_is_easy(purpose):
    _, length, syllables, _ = measured("es", purpose)
    assert 206.84 - 60 * syllables - 1.02 * length >= 70
    assert 206.835 - 62.3 * syllables - length >= 65


@pytest.mark.covers("R11")
@pytest.mark.parametrize("purpose", ["referral_send", "tpo"])
def test_portuguese_is_easy(purpose):
    _, length, syllables, _ = measured("pt-br", purpose)
    assert 248.835 - 1.015 * length - 84.6 * syllables >= 65


@pytest.mark.covers("R11")
@pytest.mark.parametrize("purpose", ["referral_send", "tpo"])
def test_haitian_creole_is_very_easy(purpose):
    _, length, _, long_words = measured("ht", purpose)
    assert length + long_words < 30


@pytest.mark.covers("R11")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_says_everything(language):
    text = texts(language)
    assert set(text) == KEYS
    assert set(text["words"]) == {"contact", "health", "part2", "treating_providers"}
    shown = read(language).sentences()
    for name in ("free", "back", "police", "court", "list", "copy"):
        assert text[name] in shown
    assert "Harbor Recovery" in shown
    assert "Harbor Shelter" in shown
    assert text["words"]["treating_providers"] in read(language, "tpo", "treating_providers").sentences()
    assert "{" not in shown


@pytest.mark.covers("R11")
@pytest.mark.parametrize(
    ("language", "police", "no"),
    [("en", "Police do not see", "You can say no"), ("es", "La policía no ve", "Puede decir que no"),
     ("pt-br", "A polícia não vê", "Pode dizer não"), ("ht", "Lapolis pa wè", "Ou ka di non")],
)  # fmt: skip
def test_it_says_what_police_cannot_see_and_that_no_is_an_answer(language, police, no):
    shown = read(language).sentences()
    assert police in shown
    assert no in shown


@pytest.mark.covers("R11")
def test_there_is_a_text_in_every_language_the_program_speaks():
    assert {code for code, _ in SPOKEN} == set(LANGUAGES)
    assert len({read(language).sentences() for language in LANGUAGES}) == len(LANGUAGES)

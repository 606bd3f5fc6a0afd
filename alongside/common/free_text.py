"""What free text must not hold, and words we would rather not use: two pure questions about one text.

A number of a police file or a word about charges is blocked: the tool must not be able to keep it (no field can).
A word that judges only gets a better one offered: people's own words are theirs.
"""

from __future__ import annotations

import re

_HOW = "Leave it out; it helps nobody at the door, and it is not kept here."

_SOCIAL_SECURITY = re.compile(
    r"(?<![\d-])(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\d-])"
    r"|\b(?:ssn|social security|soc\.? sec\.?)\b\W*(?:(?:number|no|nr|num|is|was|#)\W*){0,3}\d{3}",
    re.IGNORECASE,
)
_POLICE_NUMBER = re.compile(
    r"\b(?:ncic|nic|fbi|sid|ucn|state id(?:entification)?|docket|warrant|booking|inmate|arrest|case file|cad|ori)\b"
    r"\W{0,3}(?:(?:number|no|nr|num|is|was|id)\b\W{0,3}){0,3}#?(?=[a-z0-9-]*\d)[a-z0-9-]{4,}",
    re.IGNORECASE,
)
_ENFORCEMENT = re.compile(
    r"\b(?:(?:arrest|bench|search|active|open|outstanding|felony) warrants?|warrants? (?:out|for|on|is|was)\b"
    r"|(?:has|have|had|got|with|any|no|a|his|her|their|there is|there's)\s+(?:an?\s+)?warrants?\b|warrants?\s*:"
    r"|(?:pending|open|prior|criminal|drug|felony|possession|dropped|facing|new|assault|theft)\s+charges?\b"
    r"|charged with (?!caring|looking)|pressed charges|charges (?:are|were|pending|filed|against|dropped)"
    r"|criminal (?:history|record|background|past|case)|rap sheet|prior (?:arrests?|convictions?|record)|priors\b"
    r"|(?:arrest|police|jail|booking) (?:record|history)|(?:was|were|been|got|getting|be) arrested"
    r"|arrested (?:for|on|in|last|again|by|twice)|convicted|convictions?\b|felon(?:y|ies|s)?\b|misdemeanou?rs?\b"
    r"|on (?:probation|parole)|(?:probation|parole) (?:officer|violation|hearing|until)"
    r"|ncic|undocumented|immigration status|deport(?:ed|ation)|ice detainer|visa (?:status|expired|overstay))\b",
    re.IGNORECASE,
)
# A plate is only told from a bus line or a room by a word beside it.
_PLATE = re.compile(
    r"\b(?:licen[sc]e plates?|number plates?|plates?|plate (?:number|no|#)|tags?|registration|reg|vin)\b"
    r"\W{0,3}(?:(?:number|no|nr|num|is|was|on it)\b\W{0,3}){0,2}#?(?=[a-z0-9 -]{0,7}\d)(?=[a-z0-9 -]{0,7}[a-z])"
    r"(?:[a-z]{1,4}[ -]?\d{2,5}[a-z]{0,3}|\d{1,4}[ -]?[a-z]{1,4}[ -]?\d{0,4}|[a-hj-npr-z0-9]{17})\b"
    r"|\b(?:driver'?s?|driving) licen[sc]e\b\W{0,3}(?:(?:number|no|nr|num|is|was)\b\W{0,3}){0,2}#?(?=[a-z0-9-]*\d)[a-z0-9-]{5,}",
    re.IGNORECASE,
)
# What sounds alike and means something else, taken out before the police words are looked for.
_HARMLESS = re.compile(
    r"\b(?:cardiac|respiratory|heart) arrests?\b|\bin charge of\b|\bfree of charge\b|\b(?:phone|battery|re)[ -]?charg\w*"
    r"|\bcharg(?:er|ers|ing)\b|\bno charge\b|\bnurse in charge\b|\bgift cards? charged\b",
    re.IGNORECASE,
)
_BLOCKED = (
    (_SOCIAL_SECURITY, "This looks like a social security number."),
    (_POLICE_NUMBER, "This looks like a number from a police or court file."),
    (_PLATE, "This looks like a license plate or a license number."),
    (_ENFORCEMENT, "This speaks of warrants, charges, records or status."),
)


def why_not_kept(text: str) -> str:
    """One sentence that says why a text cannot be kept, or an empty string when it can."""
    plain = _HARMLESS.sub(" ", " ".join(text.split()))
    found = next((sentence for pattern, sentence in _BLOCKED if pattern.search(plain)), "")
    return f"{found} {_HOW}" if found else ""


# Said about somebody → what we would rather say (NIDA, "Words Matter"; quoted speech is theirs and stays).
BETTER_WORDS = {
    r"addicts?|junk(?:ie|y)s?|druggies?|crackheads?|abusers?|(?:drug )?users?": "a person who uses drugs",
    r"alcoholics?|drunks?": "a person who drinks",
    r"(?:drug|substance) abuse|drug habit": "drug use",
    r"(?:is|are|got|stayed|staying|been|now) clean": "not using",
    r"dirty (?:urine|tests?|screens?)": "a test that showed a drug",
    r"non-?compliant|refus(?:ed|es|ing) (?:help|services?|treatment|everything|us)": "said not today",
    r"homeless (?:man|woman|guy|person)|homeless people": "a person without a home",
    r"prostitutes?|hookers?": "a person who does sex work",
    r"frequent flyers?": "somebody we know well",
}
_BETTER = [(re.compile(rf"\b(?:{words})\b", re.IGNORECASE), better) for words, better in BETTER_WORDS.items()]
_QUOTED = re.compile(r"[\"“][^\"”]*[\"”]")


def better_words(text: str) -> list[tuple[str, str]]:
    """What was said about somebody that judges, each with the words we would rather use; quoted speech is left alone."""
    own = _QUOTED.sub(" ", text)
    return [(found.group(0), better) for pattern, better in _BETTER if (found := pattern.search(own))]

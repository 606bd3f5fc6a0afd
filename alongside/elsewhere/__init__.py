"""Known elsewhere: two programs of one installation that agreed may tell each other “ask us”, and nothing more.

Owns the pacts between programs, the keyed tokens under each, and the list of whom others asked about. It refuses to know
a name, a near match or anything of a case, and police never ask here.
"""

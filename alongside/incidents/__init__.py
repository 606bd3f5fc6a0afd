"""What happened, once, coded: an overdose or another drug-related contact, with a place and a time and no narrative.

Owns the call before it has a person. It refuses to know what came of it: that is the case's.
"""

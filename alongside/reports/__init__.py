"""Counts for those who never see a person: pages, pictures, files and funders' forms, all of one printed period.

Owns no table. It refuses to ask for a name: it imports neither the vault nor the firewall, and it hides nothing itself: what
it is given can be printed.
"""

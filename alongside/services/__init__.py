"""The directory of places that help: who offers what, where, when and for which need, read from published lists.

Owns organizations, services and the needs each service answers (HSDS-shaped), all of them public facts stored in clear.
It refuses to know any person or case, and any member of an organization's staff by name.
"""

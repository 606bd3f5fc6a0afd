"""The screens that cross rooms: the due list, a case, a person's story, match review, the partner's inbox.

Owns no table. It composes what the rooms below give and decides nothing itself.
"""

"""What every room may stand on: a decision with its reason, ids, the clock, who acts, the key folder and the encrypted database.

Owns no table and imports nothing of ours. It refuses to know any word of the field.
"""

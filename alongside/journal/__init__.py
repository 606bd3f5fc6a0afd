"""Who did and saw what: append-only, hash-chained, written in the same transaction as the thing itself.

Owns the entries and their check. It holds plain ids and codes, no foreign key, and refuses to know any name or content.
"""

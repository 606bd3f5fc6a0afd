"""Naloxone kits: what came in, what was handed out and to whom in kind, what is left and when it expires.

Owns the ledger. It refuses to know why a person took a kit.
"""

"""The locked room: names, birth dates, phones, addresses and words, sealed under keys of their own, and who is who.

Owns the vault (fields, keys, tokens). It refuses to say a plain value to anybody but the firewall of the consent room.
"""

"""How a contact comes in: the quick form, the call log file, and the morning list where a call gets its person.

Owns reading what others write. It refuses to keep a narrative, a forbidden column or a row it cannot explain.
"""

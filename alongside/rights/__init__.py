"""What a person may ask about what is kept, and what time asks: a copy, a correction, a restriction, forgetting, retention.

Owns the requests and the clocks of keeping. It refuses to keep a copy of anything:
it opens, seals or destroys what other rooms hold.
"""

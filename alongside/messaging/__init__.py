"""Messages to staff and partners: e-mail, text message, web push, behind one small interface.

Owns the outbox. A message says “you have a message in Alongside” and a link, and nothing else: it refuses any other text.
"""

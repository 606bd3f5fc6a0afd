"""The door for shelters, detox, syringe services and drivers: an answer by a link or a code, without an account.

Owns pages only; what is answered is kept by the rooms below. It refuses to show more than the one thing the link is for,
and nothing with a name that the person did not agree to share.
"""

"""The case: its clock, its place in the queue with the reasons, its team, its follow-ups and its outcome.

Owns when somebody is due and who goes. It refuses to know what was said at the door or what was arranged.
"""

"""The app for the door: today's visits on a phone, without signal, and what was done there sent home once.

Owns the phone, the way a change travels and what becomes of one that no longer fits. It refuses to decide what may be
done: each change is an act of a room below, by the same rules as at a desk.
"""

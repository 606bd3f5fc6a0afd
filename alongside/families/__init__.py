"""Loved ones as people in their own right: what they asked for, what they were given, and the path after a death.

Owns who is whose loved one and what the person agreed may be said to them. It refuses to tell a loved one anything about
the person without that, and never writes to a bereaved family by itself.
"""

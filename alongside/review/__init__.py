"""The journal in use: what a reviewer looks at each week, what was out of the ordinary, opening in danger, a breach.

It works under codes alone and refuses to open anything sealed.
"""

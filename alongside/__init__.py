"""Alongside: outreach after an overdose or another drug-related police contact, from the first contact to the last follow-up.

One folder ("room") per word of the field, stacked on floors; a room imports only rooms below it. ARCHITECTURE.md has the plan.
"""

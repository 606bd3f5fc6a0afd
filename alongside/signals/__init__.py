"""Early warning: more overdoses than usual, where and how sure, under one budget of false alarms that a site sets.

Owns what was raised, the budget and who is told. Reads counts of incidents by town and hour; it never asks about a person.
"""

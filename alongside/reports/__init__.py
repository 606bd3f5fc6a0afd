"""Counts for those who never see a person: the month's funnel, clocks, needs and kits, with small cells hidden.

Owns no table. It refuses to ask for a name: it imports neither the vault nor the firewall.
"""

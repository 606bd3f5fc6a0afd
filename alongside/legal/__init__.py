"""Legal requests: the ledger, the states a request goes through, and the only pack that a court's order can release.

It refuses to know why somebody is sought; no demand, statement or name in one is stored here.
"""

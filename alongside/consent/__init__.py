"""The wall: what a person agreed to, who has a tie to whom, and the one door to anything sealed.

Owns `rules.decide` and `firewall.open`. It refuses to know cases, visits or referrals: they tell it by opening ties.
"""

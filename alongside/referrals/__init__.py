"""What the person wants now, and what was arranged: needs, referrals and their answers, beds kept, rides, cards.

Owns the way of a referral from written down to closed: who is asked, whose yes comes first, until when a bed is kept and who
drives there. It refuses to call a need or a person a failure, and knows no page.
"""

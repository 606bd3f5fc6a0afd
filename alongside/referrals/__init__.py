"""What the person wants now, and what was arranged: needs, referrals and their answers.

Owns the way of a referral from written down to closed. It refuses to call a need or a person a failure.
"""

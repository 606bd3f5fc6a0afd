"""Attempts and visits: what was tried, whether somebody was reached, what the person wanted next.

Owns the door: phone first, how often to try, what may be left behind. It refuses to judge an answer.
"""

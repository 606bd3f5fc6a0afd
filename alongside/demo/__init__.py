"""The demonstration: one command makes an installation with real calls, real services and made-up people over them.

Owns no table and no rule of the work: it tells its story through the same actions the screens use, and only moves the
times of its own rows into the past. It refuses to touch an installation it did not make, and knows no real person.
"""

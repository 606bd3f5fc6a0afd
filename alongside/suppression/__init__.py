"""What may be printed of counts about few people, looked at as a reader would who holds everything printed before.

Owns the ledger of releases. It refuses to know what is counted: a count is a word, a place among dimensions and a number,
and no row of it is about anybody.
"""

"""Published directories in and out: HSDS packages and plain CSV lists are read, the directory is written as HSDS 3.0.

Owns readers and writers, no table. It refuses to guess: what a list says in a way nobody can be sure of is reported and
kept as written. It never reads or writes the names of an organization's staff.
"""

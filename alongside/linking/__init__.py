"""Comparing all people with all, at night: training the model of recognition on a site's own records, proposing matches.

Owns no table. It refuses to merge anybody, to compare people of two programs, and to write a name anywhere: what is plain
lives in the memory of a worker process and ends with it.
"""

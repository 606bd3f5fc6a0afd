"""A person as a bare key with a spoken code, and a pointer to the record it turned out to be the same as.

Owns how a person may be contacted at all (stop, no police). It refuses to know a name, a date of birth or an address.
"""

"""Who works here: programs, agencies, towns, teams and users, and the one table of roles and what each may do.

Owns sign-in and sessions. It refuses to know any person the program serves.
"""

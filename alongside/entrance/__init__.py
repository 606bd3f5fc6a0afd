"""How those who work here get in: passkeys, passwords with a second factor, sessions, and the list of users.

The work is done by django-allauth; here stand our pages, our rules about locking, and what is journaled. It refuses to
know any person the program serves, and has no way in by e-mail or text message.
"""

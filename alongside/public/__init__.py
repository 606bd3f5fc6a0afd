"""Pages without a sign-in: what police can see, what is kept, how to complain, and how often the promise was tested.

It prints the running rules and counts of other rooms; it refuses to know any person.
"""

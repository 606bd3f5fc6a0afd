"""The day's order: which visit when, with what was promised, over roads or a stated straight line.

Owns the order and how it was found. It refuses to know who lives where: it is given points and gives back an order.
"""

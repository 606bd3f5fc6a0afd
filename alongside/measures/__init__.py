"""What is counted and how: dated facts in, defined numbers out, the same before and after somebody is forgotten.

Owns the definitions and the forms that funders ask for, and no table. It refuses to know who anybody is: it reads keys, days
and codes, and what it hands on are counts.
"""

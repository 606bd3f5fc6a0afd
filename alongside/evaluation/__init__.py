"""Does it help? Monthly counts before and after outreach began, judged with honest intervals, in plain words.

Owns when outreach began and the monthly counts somebody brought. It refuses to know anything but numbers of months, and to
say that outreach was the reason.
"""

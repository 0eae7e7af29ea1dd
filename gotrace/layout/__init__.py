"""Where Go puts the arguments of a call and how its tracebacks print them.

``sizes`` measures types; ``words`` is the flat area that releases up to go1.16 print, ``values``
the braced components that releases since go1.17 print.
"""

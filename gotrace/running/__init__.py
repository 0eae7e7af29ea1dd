"""``gotrace run``: a program's output passes through untouched; when it crashes, the decoded crash
follows.

    child (spawn, signals, status) → forward (pipe to stderr, chunk by chunk) → capture (the end of
    the output, once a traceback shows) → crash (annotate it with the program's own file)
"""

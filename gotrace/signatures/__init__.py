"""Where signatures come from, and which of them belongs to a frame.

``prototype`` reads Go text; ``matching`` finds a frame's signature by its printed name.
"""

"""The MCP server: what gotrace knows of a log, for an agent.

Theory of operation: ``logs`` decides what may be read and reads it, ``known`` keeps the reports of
the logs that were asked for last, ``crashes``, ``frames`` and ``groups`` turn them into answers
whose shapes are in ``shapes``. ``sealing`` makes an answer safe to hand to a language model: every
text is escaped and capped there, and nowhere else. ``server`` joins all to the protocol; nothing
else in gotrace knows the SDK.
"""

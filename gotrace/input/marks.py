"""Bytes that mark how a text is encoded."""

BOM = b"\xef\xbb\xbf"  # UTF-8

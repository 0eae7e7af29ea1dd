"""The language server: what the other modules know of a log, shown in an editor.

Theory of operation: ``text`` holds a document as its lines, ``positions`` counts columns as the
client does. ``documents`` knows which lines were read and which were changed since; ``reading``
reads them in the thread of ``worker``: a :class:`Reading` is a report with its place in the
document. The modules of the features turn readings into messages; ``server`` joins them to the
protocol. Nothing else in gotrace knows pygls or lsprotocol.
"""

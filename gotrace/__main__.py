"""``python -m gotrace``."""

from gotrace.cli import script

script()

"""Recovered values: what stale words must have been, where the program's code proves it."""

from gotrace.recover.recovered import recover_values

__all__ = ["recover_values"]

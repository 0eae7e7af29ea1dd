"""Recovered values: what stale words must have been, where the program's code proves it."""

from gotrace.recover.recovered import Passed, Recovered, recover_values

__all__ = ["Passed", "Recovered", "recover_values"]

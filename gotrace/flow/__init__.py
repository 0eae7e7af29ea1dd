"""Data flow over a program's machine code."""

"""Input: files, and where their bytes lie."""

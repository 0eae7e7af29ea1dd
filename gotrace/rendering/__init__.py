"""Reports as text, JSON and more, one module each."""

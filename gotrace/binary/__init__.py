"""Program files: sections, function tables, debug information, runtime types."""

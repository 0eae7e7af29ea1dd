"""The subcommands, one module each: ``add`` makes the parser, what it runs is imported on use."""

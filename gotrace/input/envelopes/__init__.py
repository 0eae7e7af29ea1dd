"""What collectors wrap round lines: one module for each family; ``registry`` lists them."""

"""The version of gotrace."""

VERSION = "0.1.0"

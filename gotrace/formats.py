"""The output formats and the module of ``gotrace.rendering`` that writes each.

Apart from the modules themselves, so that building the parser imports none of them.
"""

FORMATS = {
    "text": "text_page",
    "json": "json",
    "ndjson": "ndjson",
    "sarif": "sarif",
    "markdown": "markdown",
    "github": "github",
    "html": "html",
    "otel": "otel",
    "ecs": "ecs",
    "sentry": "sentry",
    "gcp": "gcp",
    "datadog": "datadog",
    "parquet": "parquet",
}
# What `scan` writes: a line for each dump, or rows of a table, as they are found.
STREAMED = ("ndjson", "otel", "ecs", "sentry", "gcp", "datadog", "parquet")
BINARY = ("parquet",)  # what is no text

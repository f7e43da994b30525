"""One of two distributions that share the namespace sample_sea (PEP 420)."""

NAME = "north"

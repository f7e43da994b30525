"""The new chart."""

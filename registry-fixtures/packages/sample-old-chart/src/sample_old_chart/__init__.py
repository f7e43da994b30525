"""The old chart."""

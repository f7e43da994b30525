"""Which version was chosen is the point."""

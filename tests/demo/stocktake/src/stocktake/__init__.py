"""stocktake: which files a package index offers, as a table on the terminal or as a report."""

"""One subcommand for each thing that a frozen program must be able to do."""

"""What the Makefile calls. Everything here but `prepare` runs on the standard library alone."""

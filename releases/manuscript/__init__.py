"""A manuscript's numbers against a release: read, matched, and tested by arithmetic. Pure."""

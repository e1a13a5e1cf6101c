"""Limits of ZIP archives of images, for everything that opens one: the command line and the browser page."""

MOST_MEMBERS = 50_000
FREE_INFLATE = 64 * 1024 * 1024
"""Bytes that a member may have however small it is packed."""
MAX_RATIO = 200
"""How many times its packed size a larger member may have; an image has three times."""

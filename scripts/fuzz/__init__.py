"""Damaged and hostile files against the de-identification, for as long as one likes: see ``__main__``."""

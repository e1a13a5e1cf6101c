"""`make drills`: what a bad day does to the registry, done on purpose to real parts, and what is left.

Each drill sends images by the public API while something breaks. One judge says at the end whether every
acknowledged byte is in a sealed object that opens, exactly once, nothing is left in staging, and every file
has its verdict.
"""

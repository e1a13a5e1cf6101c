"""`make bench`: how fast a slice goes its way, beside peers and the byte floor measured in the same run.

Prints a table and writes bench.json. Ratios carry over between machines, single times do not.
"""

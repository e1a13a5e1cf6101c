"""REDCap's data dictionary (18 columns) and its CSV of records, in and out.

What REDCap has no column for (Korean labels, plausible ranges, rules) travels in the field annotation, so
that a dictionary comes back as it went; what somebody changed in REDCap's own columns counts.
"""

"""Numbered, frozen tables of the cohort; what leaves of them, to whom, and under which approval."""

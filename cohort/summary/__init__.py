"""The cohort's summary: pure functions from plain people to counts, shares and means."""

from cohort.summary.people import ImagingRecord, Person
from cohort.summary.summarise import Summary, summarise

__all__ = ["ImagingRecord", "Person", "Summary", "summarise"]

"""Synthetic chest CT series and radiographs, for demo data, tests and benchmarks.

Pure: numpy and pydicom, nothing of the registry. Nobody in it exists: see `phantom.people`.
"""

from phantom.ct import ct_series
from phantom.people import PERSONS, Person, make_person, planted_bytes, planted_values
from phantom.radiograph import radiograph
from phantom.strangers import not_belonging

__all__ = [
    "PERSONS",
    "Person",
    "ct_series",
    "make_person",
    "not_belonging",
    "planted_bytes",
    "planted_values",
    "radiograph",
]

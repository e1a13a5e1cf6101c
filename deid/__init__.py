"""De-identification of CT, CR and DX images: pure Python on pydicom's dictionaries, the same in browser, CLI
and worker.
"""

from deid.codes import FINDINGS, REFUSALS, Refused, message
from deid.dates import Dates
from deid.engine import strip
from deid.model import ENGINE, ENGINE_VERSION, Action, Finding, Result
from deid.profile import PROFILE_VERSION

__all__ = [
    "ENGINE",
    "ENGINE_VERSION",
    "FINDINGS",
    "PROFILE_VERSION",
    "REFUSALS",
    "Action",
    "Dates",
    "Finding",
    "Refused",
    "Result",
    "message",
    "strip",
]

from registry.models.audit import AuditEvent, AuditHead
from registry.models.heartbeats import Heartbeat
from registry.models.machines import SiteToken
from registry.models.people import Role, User
from registry.models.sites import IrbApproval, Site
from registry.models.subjects import Subject, SubjectKey

__all__ = [
    "AuditEvent",
    "AuditHead",
    "Heartbeat",
    "IrbApproval",
    "Role",
    "Site",
    "SiteToken",
    "Subject",
    "SubjectKey",
    "User",
]

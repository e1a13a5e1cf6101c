"""Sends folders of a hospital to the registry: identity is removed here, names stay here.

Pure: no Django, nothing of the registry's rooms but `deid`.
"""

VERSION = "0.1.0"
CLIENT = f"kicc-send/{VERSION}"

"""Takes a release from a registry: files and images, each checked, going on where it stopped.

Pure: no Django, nothing of the registry's rooms.
"""

VERSION = "0.1.0"
CLIENT = f"kicc-fetch/{VERSION}"

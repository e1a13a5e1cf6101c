"""The version of this software, as releases and manifests name it."""

VERSION = "0.1.0"

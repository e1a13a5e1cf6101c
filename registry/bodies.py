"""What the body of a request may be: no file parts, no more than memory holds, JSON of modest depth."""

import json
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from rest_framework import parsers

from registry.errors import Problem

DEEPEST = 20
DRAIN = 64 * 1024 * 1024
PIECE = 1 << 20


class FilesNotTaken(SuspiciousOperation):
    """Somebody sent a form with a file in it; images come as raw bytes (docs/uploads.md)."""


class NoFiles(FileUploadHandler):
    """Refuses every file part before a byte of it is kept, so that nothing lies in a temporary file."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: bytes,
        encoding: str | None = None,
    ) -> None:
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise FilesNotTaken

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        raise FilesNotTaken

    def file_complete(self, file_size: int) -> None:
        return None


class JSONParser(parsers.JSONParser):
    """JSON that no later step can choke on.

    Raises Problem `too_nested`, or `bad_request` for strings that are no text (half a surrogate pair).
    """

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            data = super().parse(*args, **kwargs)
        except RecursionError:
            raise Problem("too_nested", limit=DEEPEST) from None
        if deeper(data, DEEPEST):
            raise Problem("too_nested", limit=DEEPEST)
        try:
            json.dumps(data, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise Problem("bad_request") from None
        return data


def deeper(data: Any, levels: int) -> bool:
    """Whether lists and objects lie in each other more than `levels` deep."""
    open_now = [data]
    for _ in range(levels + 1):
        open_now = [item for item in open_now if isinstance(item, (dict, list))]
        if not open_now:
            return False
        open_now = [
            child for item in open_now for child in (item.values() if isinstance(item, dict) else item)
        ]
    return True


def problem_of(error: Exception | None) -> Problem:
    """What to tell the sender of a request that Django would not read."""
    if isinstance(error, RequestDataTooBig):
        return Problem("body_too_large", limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2)
    if isinstance(error, FilesNotTaken):
        return Problem("files_not_taken")
    return Problem("bad_request")


def drain(request: HttpRequest) -> None:
    """Read the rest of a refused body away, up to 64 MB, so that its sender gets to read the answer."""
    left = DRAIN
    try:
        while left > 0 and (piece := request.read(PIECE)):
            left -= len(piece)
    except (OSError, ValueError):
        return

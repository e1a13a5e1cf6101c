"""HTTP answers that carry images; nothing between here and the person keeps them."""

from django.http import HttpResponse, StreamingHttpResponse

from imaging.services.reading import Plain

PRIVATE = "no-store, private"


def archive_response(plain: Plain) -> StreamingHttpResponse:
    """A download that is decrypted while it is sent."""
    response = StreamingHttpResponse(plain.chunks, content_type="application/zip")
    response["Content-Length"] = str(plain.size)
    response["Content-Disposition"] = f'attachment; filename="{plain.name}"'
    response["Cache-Control"] = PRIVATE
    response["X-Accel-Buffering"] = "no"
    return response


def picture_response(png: bytes) -> HttpResponse:
    response = HttpResponse(png, content_type="image/png")
    response["Cache-Control"] = PRIVATE
    return response

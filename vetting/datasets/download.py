"""The export as an answer to a request."""

from django.http import StreamingHttpResponse
from django.utils import timezone

from vetting.datasets.archive import zip_stream
from vetting.datasets.exports import Export, export_members


def zip_answer(wanted: Export) -> StreamingHttpResponse:
    """Stream an export as it is made."""
    chunks = zip_stream(export_members(wanted, now=timezone.now()), wanted.stamp)
    return StreamingHttpResponse(
        chunks,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{wanted.name}.zip"',
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        },
    )

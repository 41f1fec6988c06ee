"""Turning what a reader gives into rows: a candidate, a duplicate or a quarantine row for every received unit."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from scoring.detection import Detection, RawCutout, Rejection
from scoring.readers import Source
from vetting.candidates.models import Candidate, CandidateEvent, Cutout, State
from vetting.ingest.models import IngestBatch, Quarantine

# Small enough that SQLite's one writer lets the vetters' labels through between two batches.
ROWS_A_TRANSACTION = 100


def night_ingest(path: Path, sources: Iterable[Source], *, on_source: Callable[[], object]) -> IngestBatch:
    """Ingest every source, batch by batch, and close the balance of the run."""
    batch = IngestBatch.objects.create(path=str(path)[:500])
    for source in sources:
        units = iter(source.read())
        while rows := list(islice(units, ROWS_A_TRANSACTION)):
            units_store(batch, rows)
        on_source()
    batch.finished_at = timezone.now()
    batch.save(update_fields=["finished_at"])
    return batch


def units_store(batch: IngestBatch, units: list[Detection | Rejection]) -> None:
    """Store a few received units in one transaction; the files are written first, so that no row lacks its file."""
    rejections = [unit for unit in units if isinstance(unit, Rejection)]
    detections = []
    for unit in units:
        if isinstance(unit, Detection):
            reason = _unfit(unit)
            if reason:
                rejections.append(_rejected(unit, reason))
            else:
                detections.append(unit)
    for detection in detections:
        for raw in detection.cutouts.values():
            _store_file(raw)
    with transaction.atomic():
        new, duplicate, conflicting = _store_candidates(detections)
        rejections += conflicting
        _quarantine(batch, rejections)
        batch.received += len(units)
        batch.new += new
        batch.duplicate += duplicate
        batch.quarantined += len(rejections)
        batch.save(update_fields=["received", "new", "duplicate", "quarantined"])


def _unfit(detection: Detection) -> str:
    if detection.mjd_mid is None:
        return "expected an exposure time, got none: a plain cutout can be scored but has no night to be ingested into"
    if detection.ra is None or detection.dec is None:
        return "expected a position, got none"
    return ""


def _rejected(detection: Detection, reason: str) -> Rejection:
    facts = json.dumps(_facts(detection), sort_keys=True).encode()
    return Rejection(detection.origin, f"source_id {detection.source_id}", reason, facts[:65536])


def _facts(detection: Detection) -> dict[str, object]:
    return {
        "survey": detection.survey,
        "source_id": detection.source_id,
        "mjd": [detection.mjd_start, detection.mjd_end],
        "position": [detection.ra, detection.dec, detection.ra1, detection.dec1, detection.ra2, detection.dec2],
        "values": dict(detection.values),
        "cutouts": {kind: _sha256(raw.content) for kind, raw in detection.cutouts.items()},
    }


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _digest(detection: Detection) -> str:
    return _sha256(json.dumps(_facts(detection), sort_keys=True).encode())


def _store_file(raw: RawCutout) -> None:
    path = Cutout.path_of(_sha256(raw.content))
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(raw.content))


def _store_candidates(detections: list[Detection]) -> tuple[int, int, list[Rejection]]:
    known = {
        (survey, source_id): digest
        for survey, source_id, digest in Candidate.objects.filter(
            source_id__in=[detection.source_id for detection in detections]
        ).values_list("survey", "source_id", "digest")
    }
    fresh: list[tuple[Candidate, Detection]] = []
    duplicate, conflicting = 0, []
    for detection in detections:
        key, digest = (detection.survey, detection.source_id), _digest(detection)
        if key not in known:
            known[key] = digest
            fresh.append((_candidate(detection, digest), detection))
        elif known[key] == digest:
            duplicate += 1
        else:
            conflicting.append(
                _rejected(detection, f"{detection.source_id} is already known with other content; the first stays")
            )
    rows = Candidate.objects.bulk_create(candidate for candidate, _ in fresh)
    CandidateEvent.objects.bulk_create(
        CandidateEvent(candidate=row, to_state=State.NEW, actor="ingest", reason=row.origin[:300]) for row in rows
    )
    Cutout.objects.bulk_create(
        cutout for row, (_, detection) in zip(rows, fresh, strict=True) for cutout in _cutouts(row, detection)
    )
    return len(fresh), duplicate, conflicting


def _cutouts(candidate: Candidate, detection: Detection) -> Iterator[Cutout]:
    for kind, raw in detection.cutouts.items():
        yield Cutout(
            candidate=candidate, kind=kind, name=raw.name[:200], sha256=_sha256(raw.content), size=len(raw.content)
        )


def _candidate(detection: Detection, digest: str) -> Candidate:
    mjd_mid, night, ra, dec = detection.mjd_mid, detection.night, detection.ra, detection.dec
    if mjd_mid is None or night is None or ra is None or dec is None:
        raise ValueError("a detection without time or position never reaches this point")
    detections = detection.values.get("exposure_detections")
    return Candidate(
        survey=detection.survey,
        source_id=detection.source_id,
        night=night,
        layout=detection.layout,
        exposure=detection.exposure,
        origin=detection.origin[:500],
        digest=digest,
        mjd_mid=mjd_mid,
        exptime=detection.exptime,
        ra=ra,
        dec=dec,
        ra1=detection.ra1,
        dec1=detection.dec1,
        ra2=detection.ra2,
        dec2=detection.dec2,
        band=detection.band,
        field=detection.field,
        ccd=detection.ccd,
        quadrant=detection.quadrant,
        length=detection.length,
        length_arcsec=detection.length_arcsec,
        rate=detection.rate,
        position_angle=detection.position_angle,
        magnitude=detection.magnitude,
        snr=detection.values.get("apsnr"),
        chi2=detection.values.get("chi2"),
        exposure_detections=None if detections is None else int(detections),
        values=dict(detection.values),
    )


def _quarantine(batch: IngestBatch, rejections: list[Rejection]) -> None:
    Quarantine.objects.bulk_create(
        (
            Quarantine(
                batch=batch,
                origin=rejection.origin[:500],
                locator=rejection.locator[:100],
                reason=rejection.reason[:500],
                raw=rejection.raw,
                digest=_sha256(
                    f"{rejection.origin}\x00{rejection.locator}\x00{rejection.reason}".encode() + rejection.raw
                ),
            )
            for rejection in rejections
        ),
        ignore_conflicts=True,
    )

"""Looking at the pictures of a series for text that may name the patient, and masking what was decided.

Radiographs and suspicious objects: every frame. Other CT: a sample, and frames that differ from their
neighbours (deid.pixels.suspicion). As soon as text is found that is no marker, the whole series is looked at,
so that a person sees all of it. What a box says is not kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from pydicom.dataset import Dataset

from deid import Result
from deid.pixels import (
    DeviceRule,
    Frame,
    Masked,
    Placed,
    Region,
    covered,
    detect,
    detector,
    edges,
    evenly,
    hides,
    judge,
    load_rules,
    mask,
    matching,
    odd,
    overlaid,
    suspicious,
)
from uploads.models import Hold, UploadFile
from uploads.services import keys, regions
from uploads.services.leases import Lease

BURNED_IN = "burned_in"
MOST_ODD = 24


class TextFound(Exception):
    """A picture of the series holds text, and nobody has decided about it."""


@dataclass
class Picture:
    """One frame: which file (SHA-256 as sent) and frame, its matrix, and where text was found."""

    file: str
    frame: int
    rows: int
    columns: int
    texts: list[Region]

    def kept(self) -> dict[str, Any]:
        """As a Hold keeps it."""
        texts = sorted(self.texts, key=lambda box: (box.y, box.x))
        boxes = [[box.x, box.y, box.width, box.height] for box in texts]
        return {
            "file": self.file,
            "frame": self.frame,
            "rows": self.rows,
            "columns": self.columns,
            "boxes": boxes,
        }


@dataclass
class Looking:
    """What one attempt at a series has seen. `decided`: the decisions about it so far, oldest first.

    `said`: the header says that text is burned in; `hidden`: unused bits of the pixels are used.
    """

    lease: Lease
    files: Sequence[UploadFile]
    decided: Sequence[Hold]
    said: bool = False
    hidden: bool = False
    seen: dict[tuple[str, int], Picture] = field(default_factory=dict)
    masked: dict[str, dict[str, Any]] = field(default_factory=dict)
    _edges: list[tuple[UploadFile, int, int]] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """For the receipt: what looked, how many frames, which files were masked, and who decided so, by a
        pseudonym: receipts may be kept by anybody.
        """
        return {
            "detector": detector.name(),
            "looked": len(self.seen),
            "masked": [row for _, row in sorted(self.masked.items())],
            "decisions": [
                {
                    "hold": str(hold.pk),
                    "decision": hold.decision,
                    "by": keys.account_name(hold.decided_by.pk) if hold.decided_by else "",
                    "role": hold.decided_by.role if hold.decided_by else "",
                    "at": hold.decided_at.isoformat() if hold.decided_at else "",
                    "regions": len(hold.regions),
                }
                for hold in self.decided
            ],
        }

    @property
    def found(self) -> list[Picture]:
        return [picture for picture in self.seen.values() if picture.texts]

    def take(self, file: UploadFile, result: Result) -> tuple[bytes, Dataset, Masked | None]:
        """The stripped file with its masks, by device rules and by a person. Raises Unmaskable."""
        rules = matching(device_rules(), result.dataset)
        placed = [Placed(rule.region) for rule in rules]
        for hold in self.decided:
            placed += regions.of_file(hold, file.sha256, result.dataset)
        if not placed:
            return result.data, result.dataset, None
        done = mask(result.data, placed)
        self._record(done, rules)
        return done.data, done.dataset, done

    def see(self, file: UploadFile, result: Result, dataset: Dataset, number: int, frame: Frame) -> None:
        """Look at one decoded frame if it is one to be looked at. Raises TextFound.

        What sits in unused bits need not be a picture of letters: a person sees the series in any case.
        """
        hidden = hides(frame, dataset, number)
        self.hidden = self.hidden or hidden
        if self._kept:
            return
        why = suspicious(dataset, {found.code for found in result.findings}) or ("bits" if hidden else "")
        if (why == "said" or hidden) and not self.decided:
            self.said = why == "said"
            raise TextFound
        masked = dataset is not result.dataset
        if why or masked or (file.sha256, number) in self._shown or self._sampled(file, dataset, number):
            self.look(file, dataset, number, frame)
        else:
            slope = float(dataset.get("RescaleSlope") or 1)
            self._edges.append((file, number, edges(frame, slope=slope)))
        if self.found:
            raise TextFound

    def look(self, file: UploadFile, dataset: Dataset, number: int, frame: Frame) -> None:
        """Look at this frame, once."""
        if (file.sha256, number) in self.seen:
            return
        self.lease.renew()
        inverted = dataset.get("PhotometricInterpretation") == "MONOCHROME1"
        boxes = judge(detect(overlaid(frame, dataset, number), inverted=inverted)).texts
        known = self._known(file, dataset, number)
        texts = [box.region for box in boxes if not covered(box.region, known)]
        rows, columns = frame.shape[:2]
        self.seen[file.sha256, number] = Picture(file.sha256, number, rows, columns, texts)

    @property
    def pictures(self) -> list[Picture]:
        """What a person is shown: pictures with text, or all of them where none was found."""
        return self.found or list(self.seen.values())

    def odd_ones(self) -> list[tuple[UploadFile, int]]:
        """Frames not looked at that differ from their neighbours."""
        return [self._edges[i][:2] for i in odd([count for *_, count in self._edges])][:MOST_ODD]

    @property
    def _kept(self) -> bool:
        """Whether a person has seen the text and said that it identifies nobody."""
        return bool(self.decided) and self.decided[-1].decision == Hold.Decision.KEEP

    @property
    def _shown(self) -> set[tuple[str, int]]:
        return {(one["file"], one["frame"]) for hold in self.decided for one in hold.found}

    def _sampled(self, file: UploadFile, dataset: Dataset, number: int) -> bool:
        frames = int(dataset.get("NumberOfFrames") or 1)
        if frames > 1:
            return number in evenly(frames)
        places = evenly(len(self.files))
        return any(self.files[place].sha256 == file.sha256 for place in places)

    def _known(self, file: UploadFile, dataset: Dataset, number: int) -> list[Region]:
        """Boxes that a person has seen on this frame or masked on it; what they left is no find any more."""
        known = []
        for hold in self.decided:
            for one in hold.found:
                if (one["file"], one["frame"]) == (file.sha256, number):
                    known += [Region(*box) for box in one["boxes"]]
            known += [
                placed.region for placed in regions.of_file(hold, file.sha256, dataset) if placed.on(number)
            ]
        return known

    def _record(self, done: Masked, rules: Sequence[DeviceRule]) -> None:
        instance = str(done.dataset.SOPInstanceUID)
        areas = [
            (placed.region, frame)
            for placed in done.regions
            for frame in ([placed.frame] if not placed.without else range(done.frames))
            if frame is None or placed.on(frame)
        ]
        self.masked[instance] = {
            "instance": instance,
            "decoded_before": done.decoded_sha256_before,
            "decoded_after": done.decoded_sha256,
            "outside": done.outside_sha256,
            "syntax_before": done.syntax_before,
            "syntax": done.syntax,
            "rules": [rule.name for rule in rules],
            "regions": [
                [area.x, area.y, area.width, area.height, *([] if frame is None else [frame])]
                for area, frame in areas
            ],
        }


@cache
def device_rules() -> tuple[DeviceRule, ...]:
    """The installation's rules. RuleError when the file is wrong."""
    return load_rules(Path(settings.DEVICE_RULES)) if settings.DEVICE_RULES else load_rules()


def decisions(lease: Lease) -> list[Hold]:
    """Decisions to go on with the series of this job, oldest first."""
    holds = lease.job.holds.filter(decision__in=(Hold.Decision.MASK, Hold.Decision.KEEP))
    return list(holds.order_by("decided_at").select_related("decided_by"))

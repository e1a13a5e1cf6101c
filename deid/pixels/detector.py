"""The text detector: PP-OCR models, as ONNX, from the wheel of `rapidocr`, run by `onnxruntime`.

The weights are files of the installed package and are named here, so nothing is ever fetched. One detector a
process, loaded when it is first needed; one thread, because workers already are one process a core.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deid.pixels.boxes import Box, Region
from deid.pixels.view import LONGEST, Picture

ANATOMY = 1 / 3
MARGIN = 32
"""The edge of the picture repeated outwards: text that touches it is missed without."""
TALL = 1.5
MOST_READ = 50
MODELS = {"Det.model_path": "*_det_*.onnx", "Rec.model_path": "*_rec_*.onnx"}


class DetectorMissing(Exception):
    """The packages `rapidocr` and `onnxruntime`, or their models, are not installed."""


def name() -> str:
    """Name and version of what looks, for receipts."""
    return f"rapidocr/{version('rapidocr')}"


def installed() -> bool:
    """Whether there is a detector; loads nothing."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def find(picture: Picture, *, rows: int, columns: int) -> list[Box]:
    """Boxes of text in a picture that `view.for_detector` made of a frame of this matrix, in its pixels.

    A box that takes more than a third of the picture both ways is anatomy that looks like a letter, and is
    left out. On a page full of text the first fifty boxes are read. Raises DetectorMissing.
    """
    across, down = columns / picture.shape[1], rows / picture.shape[0]
    picture = np.pad(picture, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)), mode="edge")
    found = _engine()(picture, use_det=True, use_cls=False, use_rec=False)
    if found.boxes is None:
        return []
    boxes: list[Box] = []
    for corners, score in zip(found.boxes, found.scores, strict=True):
        left, top = corners.min(axis=0) - MARGIN
        right, bottom = corners.max(axis=0) - MARGIN
        x, y = int(left * across), int(top * down)
        region = Region(x, y, int(np.ceil(right * across)) - x, int(np.ceil(bottom * down)) - y)
        inside = region.within(rows=rows, columns=columns)
        if inside is None or (inside.width > columns * ANATOMY and inside.height > rows * ANATOMY):
            continue
        text, sure = _read(picture, corners) if len(boxes) < MOST_READ else ("", 0.0)
        boxes.append(Box(inside, text, round(float(score), 3), sure))
    return boxes


def _read(picture: Picture, corners: NDArray[Any]) -> tuple[str, float]:
    """What stands in a box: as it lies, and, where it is tall, as one sign upright; the surer reading."""
    from rapidocr.utils.process_img import get_rotate_crop_image

    crops = [get_rotate_crop_image(picture, corners.astype(np.float32))]
    left, top = np.maximum(corners.min(axis=0), 0).astype(int)
    right, bottom = corners.max(axis=0).astype(int)
    if bottom - top >= TALL * (right - left):
        crops.append(np.ascontiguousarray(picture[top:bottom, left:right]))
    readings = []
    for crop in crops:
        said = _engine()(crop, use_det=False, use_cls=False, use_rec=True)
        pairs = zip(said.scores or (), said.txts or (), strict=True)
        readings += [(round(float(score), 3), str(text)) for score, text in pairs]
    sure, text = max(readings, default=(0.0, ""))
    return text, sure


@cache
def _engine() -> Any:
    if not installed():
        raise DetectorMissing("install rapidocr and onnxruntime")
    import rapidocr

    folder = Path(rapidocr.__file__).with_name("models")
    models = {option: next(iter(sorted(folder.glob(pattern))), None) for option, pattern in MODELS.items()}
    lacking = [MODELS[option] for option, path in models.items() if path is None]
    if lacking:
        raise DetectorMissing(f"the wheel of rapidocr holds no {' and no '.join(lacking)}")
    return rapidocr.RapidOCR(
        params={
            **{option: str(path) for option, path in models.items()},
            "Global.log_level": "critical",
            "Global.text_score": 0.0,
            "Global.max_side_len": 2 * LONGEST,
            "Global.min_side_len": 1,
            "Det.limit_side_len": 32,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )

"""Why the rule takes a series or leaves it out, in English and Korean, without a full stop.

`{name}` is a value of the choice. The upload page runs this in the browser too.
"""

from collections.abc import Mapping
from typing import Any

TEXTS: dict[str, tuple[str, str]] = {
    "thinnest": (
        "the thinnest original axial series of this CT ({mm} mm)",
        "이 CT에서 가장 얇은 원본 축상면 시리즈({mm} mm)",
    ),
    "only_axial": (
        "the original axial series of this CT; its thickness is not given",
        "이 CT의 원본 축상면 시리즈(두께 정보 없음)",
    ),
    "frontal": ("a frontal radiograph ({view})", "정면 단순촬영({view})"),
    "view_blank": (
        "a radiograph whose header gives no view; look whether it is frontal",
        "헤더에 촬영 방향이 없는 단순촬영. 정면인지 확인하십시오",
    ),
    "thicker": (
        "{mm} mm; this CT has an original axial series of {thinnest} mm",
        "{mm} mm. 이 CT에 {thinnest} mm 원본 축상면 시리즈가 있음",
    ),
    "as_thin": (
        "no thinner than the chosen one, which has as many images or more; one series of a CT is collected",
        "선택된 시리즈보다 얇지 않고 영상 수도 더 많지 않음. CT마다 한 시리즈만 수집",
    ),
    "few_images": (
        "{count} images only; the whole chest is in another series",
        "영상이 {count}장뿐임. 흉부 전체는 다른 시리즈에 있음",
    ),
    "not_supine": (
        "lying as {position}; a series lying on the back is there",
        "환자 자세 {position}. 앙와위 시리즈가 따로 있음",
    ),
    "no_thickness": (
        "its thickness is not given; the chosen one says it",
        "두께 정보가 없음. 선택된 시리즈에는 있음",
    ),
    "no_plane": (
        "its orientation is not given; the chosen one is axial",
        "단면 방향 정보가 없음. 선택된 시리즈는 축상면임",
    ),
    "not_axial": ("{plane}, not axial", "축상면이 아님({plane})"),
    "derived": ("made from other images, not an original", "다른 영상에서 만든 재구성 영상(원본 아님)"),
    "not_frontal": ("view {view}, not frontal", "정면이 아님(촬영 방향 {view})"),
    "raw_image": (
        "the raw image for processing; the one for reading is there",
        "처리 전(for processing) 영상. 판독용 영상이 따로 있음",
    ),
    "localizer": ("a localizer, which is not collected", "위치 영상(localizer)은 수집하지 않음"),
    "screen_capture": (
        "a dose report or screen capture, which is not collected",
        "선량 보고서나 화면 저장 영상은 수집하지 않음",
    ),
    "wrong_modality": (
        "{modality}; only CT and radiographs (CR, DX) are collected",
        "{modality}. CT와 단순촬영(CR, DX)만 수집",
    ),
    "unknown_sop_class": (
        "not a CT or radiograph image; only those are collected",
        "CT나 단순촬영 영상이 아님. 그 둘만 수집",
    ),
}
PLANES = {"coronal": "관상면", "sagittal": "시상면", "other": "사위면"}


def say(code: str, values: Mapping[str, Any], language: str) -> str:
    """The reason in the reader's language. KeyError for a code or a value that is not known."""
    korean = language.startswith("ko")
    shown = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in values.items()}
    if korean and shown.get("plane") in PLANES:
        shown["plane"] = PLANES[shown["plane"]]
    return TEXTS[code][korean].format(**shown)

"""What a finding says, in English and Korean: what, why it matters, what to do.

`{name}` is a value of the finding.
"""

from collections.abc import Mapping
from typing import Any

TEXTS: dict[str, tuple[str, str]] = {
    "burned_in_text": (
        "Text stands in {count} pictures of the series and may name the patient. The series is held back "
        "until somebody of its hospital has looked and decided.",
        "시리즈의 영상 {count}장에 글자가 있어 환자를 식별할 수 있습니다. 해당 병원 담당자가 확인하고 결정할 "
        "때까지 시리즈를 보류합니다.",
    ),
    "burned_in_said": (
        "The header says that text is burned into the pictures, and none was found in {count} of them. The "
        "series is held back until somebody of its hospital has looked and decided.",
        "헤더에는 영상에 글자가 새겨져 있다고 되어 있으나 영상 {count}장에서 찾지 못했습니다. "
        "해당 병원 담당자가 확인하고 결정할 때까지 시리즈를 보류합니다.",
    ),
    "text_masked": (
        "Text in {count} pictures was blacked out. Every other pixel is as it was; the receipt has the "
        "regions.",
        "영상 {count}장에서 글자를 가렸습니다. 나머지 픽셀은 그대로이며 가린 영역은 처리 기록에 있습니다.",
    ),
    "text_kept": (
        "Text stands in the pictures; somebody of the hospital looked and said that it identifies nobody.",
        "영상에 글자가 있으나, 병원 담당자가 확인하여 환자를 식별할 수 없다고 판단했습니다.",
    ),
    "missing_slices": (
        "{count} slices are missing, at {positions_mm} mm. Send them, or explain why they do not exist.",
        "{count}개의 단면이 빠져 있습니다(위치 {positions_mm} mm). 빠진 영상을 보내거나 없는 이유를 적어 "
        "주십시오.",
    ),
    "double_slices": (
        "{count} positions hold more than one slice: {positions_mm} mm. Two reconstructions may have been "
        "joined; "
        "look at the series.",
        "{count}개 위치에 단면이 두 장 이상 있습니다({positions_mm} mm). 두 재구성이 섞였을 수 있으니 "
        "확인하십시오.",
    ),
    "uneven_spacing": (
        "Slices are not evenly spaced: {count} distances differ from the usual {step_mm} mm. "
        "Measurements in 3D may be wrong.",
        "단면 간격이 고르지 않습니다. {count}곳이 보통 간격 {step_mm} mm와 다릅니다. 3차원 측정이 틀릴 수 "
        "있습니다.",
    ),
    "mixed_orientation": (
        "{count} slices lie another way than the first. The series may mix two reconstructions; look at it.",
        "{count}개의 단면이 첫 단면과 방향이 다릅니다. 두 재구성이 섞였을 수 있으니 확인하십시오.",
    ),
    "mixed_matrix": (
        "The slices do not have one size ({sizes}). The series may mix two reconstructions; look at it.",
        "단면의 크기가 서로 다릅니다({sizes}). 두 재구성이 섞였을 수 있으니 확인하십시오.",
    ),
    "no_geometry": (
        "{count} slices do not say where they lie, so order and completeness cannot be checked. "
        "Export the original series.",
        "{count}개의 단면에 위치 정보가 없어 순서와 누락을 확인할 수 없습니다. 원본 시리즈를 내보내십시오.",
    ),
    "short_coverage": (
        "The series covers {extent_mm} mm; a whole chest needs {limit_mm} mm or more. Check whether "
        "slices are missing.",
        "시리즈가 {extent_mm} mm만 포함합니다. 흉부 전체는 {limit_mm} mm 이상이어야 합니다. 빠진 영상이 "
        "있는지 확인하십시오.",
    ),
    "not_axial": (
        "The slices are {plane}, not axial. Send the axial series too.",
        "축상면이 아닌 {plane} 영상입니다. 축상면 시리즈도 보내십시오.",
    ),
    "not_supine": (
        "The patient lay as {position}, not on the back.",
        "환자 자세가 앙와위가 아닙니다({position}).",
    ),
    "derived": (
        "This is a reconstruction from other images ({image_type}), not an original. Send the original "
        "series too.",
        "원본이 아닌 재구성 영상입니다({image_type}). 원본 시리즈도 보내십시오.",
    ),
    "thick_slices": (
        "The slices are {thickness_mm} mm thick, above 3 mm. Send a thinner series of this scan if there "
        "is one.",
        "단면 두께가 {thickness_mm} mm로 3 mm를 넘습니다. 더 얇은 시리즈가 있으면 보내십시오.",
    ),
    "no_thickness": (
        "The header does not give the slice thickness.",
        "헤더에 단면 두께가 없습니다.",
    ),
    "view_blank": (
        "The header does not say whether the radiograph is frontal. A person decides by looking at it.",
        "헤더에 촬영 방향이 없어 정면 영상인지 알 수 없습니다. 사람이 보고 판단합니다.",
    ),
    "not_frontal": (
        "The view is {view}; only frontal radiographs (PA, AP) are collected.",
        "촬영 방향이 {view}입니다. 정면(PA, AP) 영상만 수집합니다.",
    ),
    "several_images": (
        "The series holds {count} radiographs.",
        "시리즈에 단순촬영이 {count}장 있습니다.",
    ),
    "for_processing": (
        "The radiograph is the raw image for processing. Send the one made for presentation if there is one.",
        "처리 전(for processing) 영상입니다. 판독용(for presentation) 영상이 있으면 보내십시오.",
    ),
    "monochrome1": (
        "High pixel values are dark in this image (MONOCHROME1); the preview is turned round.",
        "픽셀 값이 클수록 어두운 영상(MONOCHROME1)입니다. 미리보기는 반전하여 표시합니다.",
    ),
    "not_chest": (
        "The body part is {body_part}. Check that this is an examination of the chest.",
        "촬영 부위가 {body_part}입니다. 흉부 검사인지 확인하십시오.",
    ),
    "lossy": (
        "{count} images were compressed with loss; fine detail may be gone. Send the original if there is "
        "one.",
        "{count}개의 영상이 손실 압축되어 세부가 사라졌을 수 있습니다. 원본이 있으면 보내십시오.",
    ),
    "no_vendor": (
        "The header does not name the maker of the device.",
        "헤더에 장비 제조사가 없습니다.",
    ),
    "dates_shifted_here": (
        "Nothing at the hospital had shifted the dates; the registry shifted them by a secret number of "
        "days. "
        "They do not count from admission.",
        "병원에서 날짜를 이동하지 않아 레지스트리가 비밀 간격으로 이동했습니다. 입원일 기준이 아닙니다.",
    ),
    "mixed_calendars": (
        "Other exams of this patient count their days from another day zero, so intervals between them "
        "mean nothing. "
        "Send all exams through the same way.",
        "이 환자의 다른 검사와 기준일이 달라 검사 사이의 간격을 믿을 수 없습니다. 모두 같은 방법으로 "
        "보내십시오.",
    ),
    "also_elsewhere": (
        "The same series is also stored under {subjects}. Check which code belongs to the patient.",
        "같은 시리즈가 {subjects}에도 저장되어 있습니다. 어느 코드가 환자의 것인지 확인하십시오.",
    ),
    "leak_alarm": (
        "The upload says it was de-identified, but {count} elements were not as stripping for this patient "
        "leaves them: {elements}. The series is held back and its bytes were deleted here. The upload's page "
        "says why and what to do.",
        "비식별화되었다고 하였으나 요소 {count}개가 이 환자에 맞게 비식별화된 상태가 아닙니다: {elements}. "
        "시리즈를 보류하고 받은 파일은 삭제했습니다. 이유와 조치 방법은 업로드 화면에 있습니다.",
    ),
    "duplicate_uid_other_pixels": (
        "{count} files carry the identifier of an image that is here with other pixels; they were refused.",
        "이미 있는 영상과 식별자는 같으나 픽셀이 다른 파일 {count}개를 받지 않았습니다.",
    ),
    "files_refused": (
        "{count} files of this series were refused; the upload says why.",
        "이 시리즈의 파일 {count}개를 받지 않았습니다. 이유는 업로드 화면에 있습니다.",
    ),
}


def message(code: str, values: Mapping[str, Any], language: str) -> str:
    """The text of a finding in the reader's language."""
    korean = language.startswith("ko")
    if code not in TEXTS:
        return code
    text = TEXTS[code][korean].format_map(_Values(values))
    return f"{text} [{values['where']}]" if values.get("where") else text


def register(texts: Mapping[str, tuple[str, str]]) -> None:
    """Add the texts of findings that another room makes: code → (English, Korean)."""
    TEXTS.update(texts)


class _Values(dict[str, str]):
    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__({name: _shown(value) for name, value in values.items()})

    def __missing__(self, key: str) -> str:
        return "?"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value[:8]) + (" …" if len(value) > 8 else "")
    return f"{value:g}" if isinstance(value, float) else str(value)

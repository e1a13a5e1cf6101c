"""Why a file was not stored: codes with what, why and what to do, in English and Korean.

Those of deid, and of the rules of images (imaging/validation/rules.toml), included.
"""

from dataclasses import dataclass

from deid import codes as deid_codes
from imaging.validation import message as finding_message
from imaging.validation.ruleset import RULES


@dataclass(frozen=True)
class Text:
    en: str
    ko: str


TEXTS: dict[str, Text] = {
    "already_stored": Text(
        "The registry already has this very file for this patient. Nothing to do.",
        "이 환자의 동일한 파일이 이미 등록되어 있습니다. 조치가 필요 없습니다.",
    ),
    "same_instance": Text(
        "The registry already has this image, with the same pixels under another header. Nothing to do.",
        "같은 픽셀의 영상이 다른 헤더로 이미 등록되어 있습니다. 조치가 필요 없습니다.",
    ),
    "duplicate_uid_other_pixels": Text(
        "Another image with this identifier but different pixels is already there, and one of the two "
        "must be wrong. "
        "Export the series again from the PACS and compare.",
        "같은 식별자(UID)로 픽셀이 다른 영상이 이미 있어 둘 중 하나는 잘못된 것입니다. "
        "PACS에서 시리즈를 다시 내보내 비교하십시오.",
    ),
    "discarded": Text(
        "The upload was given up before all of it had arrived; nothing of it was kept. Send it again if it "
        "is wanted.",
        "업로드가 끝나기 전에 취소되어 아무것도 저장되지 않았습니다. 필요하면 다시 보내십시오.",
    ),
    "several_patients": Text(
        "The files of this upload name more than one patient, so none of them was taken. "
        "Send each patient's images under that patient's own code.",
        "이 업로드의 파일에 여러 환자가 표시되어 있어 모두 받지 않았습니다. "
        "환자마다 해당 환자의 코드로 따로 보내십시오.",
    ),
    "expired": Text(
        "The upload was left unfinished for too long; what had arrived of it was deleted. Send it again.",
        "업로드가 오랫동안 완료되지 않아 받은 파일을 삭제했습니다. 다시 보내십시오.",
    ),
    "burned_in": Text(
        "Text stands in the picture of this series and may name the patient. The series waits: look at it "
        "and decide, mask the text, keep it, or refuse the series. Only people of your hospital can see it.",
        "이 시리즈의 영상에 글자가 있어 환자를 식별할 수 있습니다. 시리즈는 보류 중입니다. 영상을 보고 "
        "글자를 가릴지, 그대로 둘지, 시리즈를 거부할지 결정하십시오. 이 병원의 담당자만 볼 수 있습니다.",
    ),
    "text_refused": Text(
        "Text stands in the picture, and somebody of the hospital decided not to send the series. Its "
        "bytes were deleted here.",
        "영상에 글자가 있어 병원 담당자가 이 시리즈를 보내지 않기로 결정했습니다. 받은 파일은 삭제했습니다.",
    ),
    "text_undecided": Text(
        "Text stands in the picture, and nobody decided about it in time. The bytes were deleted here. "
        "Send the series again when somebody can look at it.",
        "영상에 글자가 있으나 기한 안에 결정이 없었습니다. 받은 파일은 삭제했습니다. 확인할 수 있을 때 "
        "시리즈를 다시 보내십시오.",
    ),
    "not_masked": Text(
        "The regions could not be blacked out in this kind of image without touching other pixels. Export "
        "the image again from the PACS, uncompressed.",
        "이 영상 형식에서는 다른 픽셀을 건드리지 않고 영역을 가릴 수 없습니다. PACS에서 무압축으로 다시 "
        "내보내십시오.",
    ),
    "leak_alarm": Text(
        "The upload says it was de-identified, and the registry's own check would still have altered the "
        "files: identifying elements, or another patient's code. The series is held back and its bytes were "
        "deleted here; why, and what to do, stands with the series.",
        "비식별화되었다고 하였으나 레지스트리의 검사에서 식별 요소나 다른 환자의 코드가 발견되었습니다. "
        "시리즈를 보류하고 받은 파일은 삭제했으며, 이유와 조치 방법은 시리즈에 표시됩니다.",
    ),
    "bytes_lost": Text(
        "The staged bytes of this file are gone. Send the file again.",
        "임시 보관된 파일이 사라졌습니다. 파일을 다시 보내십시오.",
    ),
    "odd_file": Text(
        "The file is built in a way that the registry cannot read; the administrators have the record. "
        "Export it again from the PACS. The other files of the series are not touched by this.",
        "레지스트리가 읽을 수 없는 구조의 파일이며 관리자에게 기록이 있습니다. PACS에서 다시 내보내십시오. "
        "같은 시리즈의 다른 파일에는 영향이 없습니다.",
    ),
    "not_processed": Text(
        "The file could not be processed after several attempts; the administrators have the record. "
        "Its bytes are kept: start the same upload again later, and they need not be sent once more.",
        "여러 번 시도했으나 파일을 처리하지 못했으며 관리자에게 기록이 있습니다. 파일은 보관되어 있으므로 "
        "나중에 같은 업로드를 다시 시작하면 다시 전송하지 않아도 됩니다.",
    ),
}

DOES_NOT_BELONG = frozenset(
    {
        "discarded",
        "text_refused",
        "not_dicom",
        "empty_file",
        "dicomdir",
        "unknown_sop_class",
        "no_pixel_data",
        "wrong_modality",
        "localizer",
        "screen_capture",
    }
)
"""Refusals that are no surprise in an exported folder and ask nothing of anybody."""


def wants_attention(code: str) -> bool:
    """Whether a person should look at a file refused with `code`."""
    return code not in DOES_NOT_BELONG


def message(code: str, *, where: str = "", language: str = "en") -> str:
    """The sentence for a file's code in the reader's language; empty for an empty code."""
    if code in TEXTS:
        return TEXTS[code].ko if language.startswith("ko") else TEXTS[code].en
    if code in RULES and code not in deid_codes.TEXTS:
        return finding_message(code, {}, language)
    if code in deid_codes.TEXTS:
        return deid_codes.message(code, where=where, language="ko" if language.startswith("ko") else "en")
    return code

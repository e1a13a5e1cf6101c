"""Stable codes of refusals and findings, with what happened, why it matters and what to do, in English and
Korean.

No text carries a value of the file. ``where`` of a refusal is a tag path or a byte offset.
"""

from __future__ import annotations

from dataclasses import dataclass


class Refused(Exception):
    """The file cannot be taken: ``code`` of ``REFUSALS``, and ``where`` (tag path, offset or empty)."""

    def __init__(self, code: str, where: str = "") -> None:
        if code not in REFUSALS:
            raise ValueError(f"unknown refusal code {code}")
        super().__init__(code, where)
        self.code = code
        self.where = where

    def __str__(self) -> str:
        return message(self.code, where=self.where)


@dataclass(frozen=True, slots=True)
class Text:
    what: str
    why: str
    do: str
    what_ko: str
    why_ko: str
    do_ko: str

    def say(self, language: str) -> str:
        if language == "ko":
            return f"{self.what_ko} {self.why_ko} {self.do_ko}"
        return f"{self.what} {self.why} {self.do}"


REFUSALS: dict[str, Text] = {
    "empty_file": Text(
        "The file is empty.",
        "There is nothing to store.",
        "Export the image again from the PACS.",
        "파일이 비어 있습니다.",
        "저장할 내용이 없습니다.",
        "PACS에서 영상을 다시 내보내십시오.",
    ),
    "unreadable": Text(
        "The file cannot be opened.",
        "The system refuses to read it.",
        "Check its rights and the disk.",
        "파일을 열 수 없습니다.",
        "시스템이 읽기를 거부했습니다.",
        "권한과 디스크를 확인하십시오.",
    ),
    "not_a_file": Text(
        "There is no file under this name.",
        "It is a pipe, a device, or a link that leads nowhere.",
        "Leave it out, or copy what the link should lead to.",
        "이 이름의 파일이 없습니다.",
        "파이프나 장치이거나, 대상이 없는 링크입니다.",
        "이 항목은 빼거나 링크의 대상 파일을 복사하십시오.",
    ),
    "another_patient": Text(
        "The file names another patient than the files before it.",
        "One code and one admission date belong to one patient.",
        "Strip each patient's images under that patient's own code; --many-patients takes them together.",
        "앞의 파일과 다른 환자의 파일입니다.",
        "코드와 입원일은 한 환자의 것입니다.",
        "환자마다 해당 환자의 코드로 따로 처리하십시오. --many-patients를 쓰면 함께 처리합니다.",
    ),
    "not_dicom": Text(
        "This is not a DICOM file.",
        "The DICM mark is missing.",
        "Leave it out, or export it from the PACS as DICOM.",
        "DICOM 파일이 아닙니다.",
        "DICM 표시가 없습니다.",
        "이 파일은 빼거나 PACS에서 DICOM으로 내보내십시오.",
    ),
    "truncated": Text(
        "The file ends too early.",
        "An element says it is longer than what is left of the file.",
        "Copy or export the file again.",
        "파일이 중간에 끊겼습니다.",
        "요소의 길이가 남은 파일보다 깁니다.",
        "파일을 다시 복사하거나 내보내십시오.",
    ),
    "bad_header": Text(
        "The header is not valid.",
        "A required element is missing, double or not readable.",
        "Export the image again; if it stays, ask the maker of the device.",
        "헤더가 올바르지 않습니다.",
        "필수 요소가 없거나 중복되었거나 읽을 수 없습니다.",
        "영상을 다시 내보내고, 계속되면 장비 제조사에 문의하십시오.",
    ),
    "bad_uid": Text(
        "A unique identifier is not valid.",
        "Only digits and dots, at most 64 characters, can name an object.",
        "Export the image again from the PACS.",
        "고유 식별자(UID)가 올바르지 않습니다.",
        "숫자와 점, 최대 64자만 쓸 수 있습니다.",
        "PACS에서 영상을 다시 내보내십시오.",
    ),
    "no_pixel_data": Text(
        "The object has no image.",
        "Pixel Data is missing or empty.",
        "Leave it out, or export the image itself.",
        "영상이 들어 있지 않습니다.",
        "픽셀 데이터가 없거나 비어 있습니다.",
        "이 파일은 빼거나 영상을 내보내십시오.",
    ),
    "unknown_sop_class": Text(
        "This kind of object is not collected.",
        "Only CT, CR and DX images and enhanced CT are.",
        "Leave it out; reports, dose screens and other modalities stay at the hospital.",
        "수집하지 않는 종류의 객체입니다.",
        "CT, CR, DX 영상과 enhanced CT만 수집합니다.",
        "이 파일은 빼십시오. 판독문, 선량 화면, 다른 검사는 병원에 둡니다.",
    ),
    "dicomdir": Text(
        "This is the directory of a disc, not an image.",
        "A DICOMDIR lists patients and files.",
        "Leave it out and send the images.",
        "영상이 아니라 매체 목록 파일입니다.",
        "DICOMDIR에는 환자와 파일 목록이 있습니다.",
        "이 파일은 빼고 영상을 보내십시오.",
    ),
    "too_large": Text(
        "The file is too large, or declares too large an image.",
        "Size is limited so that no file can exhaust the machine.",
        "Send single images; ask the registry if the image truly is that large.",
        "파일 또는 선언된 영상 크기가 너무 큽니다.",
        "한 파일이 장비를 마비시키지 않도록 크기를 제한합니다.",
        "영상을 나누어 보내거나 레지스트리에 문의하십시오.",
    ),
    "too_deep": Text(
        "Sequences are nested too deeply, or there are too many elements.",
        "Such files exhaust the machine.",
        "Export the image again without private sequences.",
        "시퀀스가 너무 깊거나 요소가 너무 많습니다.",
        "이런 파일은 장비를 마비시킬 수 있습니다.",
        "비공개 시퀀스 없이 다시 내보내십시오.",
    ),
    "residue": Text(
        "An identifier was still found after stripping.",
        "Something identifying would have left the hospital.",
        "Do not send the file; report the element named here to the registry.",
        "비식별화 후에도 식별 정보가 남아 있습니다.",
        "식별 정보가 병원 밖으로 나갈 수 있었습니다.",
        "파일을 보내지 말고 여기 표시된 요소를 레지스트리에 알려 주십시오.",
    ),
    "unsupported_transfer_syntax": Text(
        "The image is stored in a form that is not supported.",
        "Its transfer syntax is unknown or retired.",
        "Export it uncompressed, or as JPEG Lossless, JPEG-LS, JPEG 2000 or RLE.",
        "지원하지 않는 저장 형식입니다.",
        "전송 구문을 알 수 없거나 폐지되었습니다.",
        "무압축 또는 JPEG Lossless, JPEG-LS, JPEG 2000, RLE로 내보내십시오.",
    ),
    "pixel_length": Text(
        "Pixel Data has the wrong length.",
        "It does not fit rows, columns, bits and frames.",
        "Export the image again from the PACS.",
        "픽셀 데이터의 길이가 맞지 않습니다.",
        "행, 열, 비트, 프레임 수와 맞지 않습니다.",
        "PACS에서 영상을 다시 내보내십시오.",
    ),
    "corrupt": Text(
        "The file is damaged.",
        "Its structure contradicts itself.",
        "Copy or export the file again.",
        "파일이 손상되었습니다.",
        "구조가 서로 모순됩니다.",
        "파일을 다시 복사하거나 내보내십시오.",
    ),
}

FINDINGS: dict[str, Text] = {
    "no_preamble": Text(
        "The file has no preamble.",
        "PS3.10 asks for one.",
        "Nothing; one was written.",
        "파일에 프리앰블이 없습니다.",
        "PS3.10에 따라 필요합니다.",
        "조치가 필요 없습니다. 새로 기록했습니다.",
    ),
    "burned_in": Text(
        "The device says that text is burned into the image.",
        "Such text may name the patient.",
        "Look at the image before it is used.",
        "영상에 글자가 새겨져 있다고 표시되어 있습니다.",
        "환자를 식별할 수 있습니다.",
        "사용 전에 영상을 확인하십시오.",
    ),
    "overlay_in_pixels": Text(
        "An overlay is kept in unused bits of the pixels.",
        "It may hold text and is not removed with the header.",
        "Look at the high bits before the image is used.",
        "픽셀의 남는 비트에 오버레이가 들어 있습니다.",
        "글자가 있을 수 있으며 헤더와 함께 지워지지 않습니다.",
        "사용 전에 상위 비트를 확인하십시오.",
    ),
    "charset": Text(
        "The character set is missing, unknown or wrong.",
        "Text that is not plain ASCII could not be trusted.",
        "Nothing; such text was removed.",
        "문자 집합이 없거나 알 수 없거나 틀립니다.",
        "ASCII가 아닌 글자를 믿을 수 없습니다.",
        "조치가 필요 없습니다. 해당 글자는 지웠습니다.",
    ),
    "invalid_value": Text(
        "A value does not fit its type.",
        "It could hide text.",
        "Nothing; the value was removed.",
        "값이 형식에 맞지 않습니다.",
        "글자가 숨어 있을 수 있습니다.",
        "조치가 필요 없습니다. 값을 지웠습니다.",
    ),
    "pixel_padding": Text(
        "Bytes after the last pixel were removed.",
        "They belong to no image and may hide text.",
        "Nothing.",
        "마지막 픽셀 뒤의 바이트를 지웠습니다.",
        "영상이 아니며 글자가 숨어 있을 수 있습니다.",
        "조치가 필요 없습니다.",
    ),
    "high_bit": Text(
        "High Bit does not follow from Bits Stored.",
        "Viewers may show the image wrongly.",
        "Compare the preview.",
        "High Bit와 Bits Stored가 맞지 않습니다.",
        "영상이 잘못 표시될 수 있습니다.",
        "미리보기를 확인하십시오.",
    ),
    "multiframe": Text(
        "A single-frame object holds several frames.",
        "Its definition allows one.",
        "Compare the preview.",
        "단일 프레임 객체에 여러 프레임이 있습니다.",
        "정의상 한 프레임만 허용됩니다.",
        "미리보기를 확인하십시오.",
    ),
    "dates_unmarked": Text(
        "The file says nothing of shifted dates, though it was said to be stripped.",
        "Its dates may be the true ones.",
        "Strip it again at the hospital; its dates were emptied.",
        "비식별화되었다고 하나 날짜 이동 표시가 없습니다.",
        "실제 날짜일 수 있습니다.",
        "병원에서 다시 비식별화하십시오. 날짜는 비웠습니다.",
    ),
    "dates_by_key": Text(
        "Dates were shifted by a keyed offset, not counted from admission.",
        "Day 0 is not known to the file.",
        "Give the admission date when stripping at the hospital.",
        "날짜가 입원일 기준이 아니라 비밀 간격으로 이동되었습니다.",
        "파일만으로는 0일을 알 수 없습니다.",
        "병원에서 비식별화할 때 입원일을 입력하십시오.",
    ),
}
TEXTS = {**REFUSALS, **FINDINGS}


def message(code: str, *, where: str = "", language: str = "en") -> str:
    """What, why and what to do, with the place where one is known."""
    text = TEXTS[code].say(language)
    return f"{text} [{where}]" if where else text

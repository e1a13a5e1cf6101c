"""What the command says, in English and Korean."""

from __future__ import annotations

import locale
import os

WORDS: dict[str, tuple[str, str]] = {
    # the sheet
    "sheet_unreadable": (
        "The sheet cannot be read. Save it as XLSX, or as CSV in UTF-8.",
        "시트를 읽을 수 없습니다. XLSX 또는 UTF-8 CSV로 저장하십시오.",
    ),
    "sheet_kind": (
        "The sheet must be an .xlsx or .csv file.",
        "시트는 .xlsx 또는 .csv 파일이어야 합니다.",
    ),
    "sheet_too_large": (
        "The sheet is larger than a list of patients can be ({limit} rows, {mega} MB). Split it.",
        "시트가 환자 목록으로는 너무 큽니다({limit}행, {mega} MB). 나누십시오.",
    ),
    "sheet_column": (
        'The first row has no column "{column}". It needs: folder, subject, admission.',
        '첫 행에 "{column}" 열이 없습니다. folder, subject, admission 열이 필요합니다.',
    ),
    "sheet_column_twice": (
        'Two columns of the first row both mean "{column}". Remove one.',
        '첫 행의 두 열이 모두 "{column}"에 해당합니다. 하나를 지우십시오.',
    ),
    "sheet_empty": ("The sheet names no folder.", "시트에 폴더가 없습니다."),
    "row": ("Row {row}: {what}", "{row}행: {what}"),
    "no_folder": (
        "the folder is not there. Paths count from the sheet's own folder.",
        "폴더가 없습니다. 경로는 시트가 있는 폴더를 기준으로 합니다.",
    ),
    "folder_twice": (
        "this folder, or one inside or around it, is also in row {other}. Give each patient a folder.",
        "이 폴더 또는 그 상위·하위 폴더가 {other}행에도 있습니다. 환자마다 폴더를 따로 두십시오.",
    ),
    "bad_subject": (
        'the subject must be a code such as S03-0042-K, or "new".',
        '등록 코드(예: S03-0042-K) 또는 "new"를 적으십시오.',
    ),
    "bad_date": (
        "the admission must be a date such as 2020-03-02, between 2012 and today.",
        "입원일은 2020-03-02와 같은 날짜로, 2012년부터 오늘 사이여야 합니다.",
    ),
    "bad_word": ('one_patient must be "yes" or empty.', 'one_patient에는 "yes"를 적거나 비워 두십시오.'),
    # before sending
    "several_patients": (
        "The images of this folder name {count} different patients; nothing of it is sent. Give each patient "
        'a folder, or write "yes" under one_patient if one person has several numbers.',
        "이 폴더의 영상에 서로 다른 환자 {count}명이 표시되어 아무것도 보내지 않습니다. 환자마다 폴더를 "
        '나누거나, 한 사람의 번호가 여럿이면 one_patient에 "yes"를 적으십시오.',
    ),
    "same_patient": (
        "The images name the same patient as row {other}, under another subject; neither is sent. "
        "Correct the sheet.",
        "영상의 환자가 {other}행과 같은데 등록 코드가 다릅니다. 둘 다 보내지 않습니다. 시트를 고치십시오.",
    ),
    "other_code": (
        "An earlier run sent this folder as {known}, the sheet says {asked}. Correct the sheet.",
        "이전 실행에서 이 폴더를 {known}(으)로 보냈으나 시트에는 {asked}(으)로 되어 있습니다. "
        "시트를 고치십시오.",
    ),
    "other_site": (
        "{code} is not of site {site}, whose token this is.",
        "{code}은(는) 이 토큰의 병원({site})에 속하지 않습니다.",
    ),
    "nothing_to_send": ("No image of this folder can be sent.", "이 폴더에는 보낼 수 있는 영상이 없습니다."),
    "changed": (
        "Files changed while they were being sent. Run again when nobody writes to the folder.",
        "보내는 동안 파일이 바뀌었습니다. 폴더에 쓰는 작업이 없을 때 다시 실행하십시오.",
    ),
    "days": ("images of day {first} to day {last}", "{first}일째부터 {last}일째까지의 영상"),
    "odd_days": (
        "the images lie more than a year from the admission date; check it",
        "영상이 입원일과 1년 넘게 떨어져 있습니다. 입원일을 확인하십시오",
    ),
    "no_admission": (
        "without an admission date, so days cannot be compared with the form",
        "입원일이 없어 증례기록서와 날짜를 맞출 수 없습니다",
    ),
    # archives
    "archive_unreadable": (
        "The ZIP archive is broken. Export it again, or unpack it and check.",
        "ZIP 압축 파일이 손상되었습니다. 다시 내보내거나 압축을 풀어 확인하십시오.",
    ),
    "archive_encrypted": (
        "The ZIP archive is locked with a password. Unpack it into the folder.",
        "ZIP 압축 파일에 암호가 걸려 있습니다. 폴더에 압축을 푸십시오.",
    ),
    "archive_too_many": (
        "The ZIP archive holds more files than a patient's images can be. Unpack it and check.",
        "ZIP 압축 파일의 파일 수가 한 환자의 영상으로는 너무 많습니다. 압축을 풀어 확인하십시오.",
    ),
    "archive_nested": (
        "This is an archive in an archive, which is not looked into. Unpack it into the folder.",
        "압축 파일 안의 압축 파일은 열지 않습니다. 폴더에 압축을 푸십시오.",
    ),
    # counts
    "would_send": ("{count} would be sent ({mega:.1f} MB)", "{count}개를 보낼 예정({mega:.1f} MB)"),
    "stays": ("{count} stay here", "{count}개는 보내지 않음"),
    "sending": ("{code}: sending {count} of {total} files", "{code}: {total}개 중 {count}개 전송 중"),
    "waiting": ("{code}: sent, waiting for the verdicts", "{code}: 전송 완료, 결과 대기 중"),
    "verdicts": (
        "{stored} stored, {duplicate} already there, {refused} refused, {quarantined} held back",
        "저장 {stored}, 이미 있음 {duplicate}, 거절 {refused}, 보류 {quarantined}",
    ),
    "done_before": ("sent in an earlier run, unchanged since", "이전 실행에서 전송했고 그 뒤로 바뀌지 않음"),
    "dry": (
        "Dry run: nothing was sent. Run again without --dry-run to send.",
        "시험 실행: 아무것도 보내지 않았습니다. 보내려면 --dry-run 없이 다시 실행하십시오.",
    ),
    "report": (
        "Every file with its verdict, for this hospital alone: {path}",
        "파일별 결과(이 병원 안에서만 쓰십시오): {path}",
    ),
    # the line and the registry
    "retry": (
        "The registry does not answer; trying again in {seconds:.0f} s.",
        "레지스트리가 응답하지 않아 {seconds:.0f}초 뒤에 다시 시도합니다.",
    ),
    "unreachable": (
        "The registry did not answer for {minutes:.0f} min. Run the same command again later; "
        "it goes on where it stopped.",
        "레지스트리가 {minutes:.0f}분 동안 응답하지 않았습니다. 나중에 같은 명령을 다시 실행하면 "
        "이어서 보냅니다.",
    ),
    "unfinished": (
        "The registry is still working on it. Run the same command again later for the verdicts.",
        "레지스트리가 아직 처리 중입니다. 나중에 같은 명령을 다시 실행하면 결과를 볼 수 있습니다.",
    ),
    "interrupted": (
        "Stopped. Run the same command again; it goes on where it stopped.",
        "중단되었습니다. 같은 명령을 다시 실행하면 이어서 보냅니다.",
    ),
    "odd_answer": (
        "The address answers, but not as a registry does (status {status}). Check --server.",
        "응답은 있으나 레지스트리의 응답이 아닙니다(상태 {status}). --server를 확인하십시오.",
    ),
    "not_https": (
        "--server must begin with https://, or the token and the images could be read on the way.",
        "--server는 https://로 시작해야 합니다. 그렇지 않으면 전송 중에 토큰과 영상이 읽힐 수 있습니다.",
    ),
    "no_token": (
        "The token cannot be read. Give --token-file, or KICC_TOKEN in the environment.",
        "토큰을 읽을 수 없습니다. --token-file 또는 환경 변수 KICC_TOKEN을 지정하십시오.",
    ),
    "bad_key": (
        "--key: the file must hold 64 hexadecimal digits.",
        "--key: 파일에 16진수 64자리가 있어야 합니다.",
    ),
    "state_busy": (
        "Another run is using {path}. Wait for it, or give another --state.",
        "다른 실행이 {path}을(를) 사용 중입니다. 끝나기를 기다리거나 --state를 따로 지정하십시오.",
    ),
    "state_inside": (
        "--state must not lie inside a folder that is sent.",
        "--state는 보내는 폴더 안에 둘 수 없습니다.",
    ),
    "state_other": (
        "{path} belongs to another registry. Give another --state.",
        "{path}은(는) 다른 레지스트리의 것입니다. --state를 따로 지정하십시오.",
    ),
    "state_broken": (
        "{path} cannot be read or written. Free space, change rights, or give another --state.",
        "{path}을(를) 읽거나 쓸 수 없습니다. 공간이나 권한을 확인하거나 --state를 따로 지정하십시오.",
    ),
    "give_one": (
        "Give a folder with --subject, or --sheet.",
        "폴더와 --subject, 또는 --sheet를 지정하십시오.",
    ),
}


def say(key: str, language: str, **values: object) -> str:
    """The sentence in `language` ("en" or "ko") with its values."""
    return WORDS[key][language == "ko"].format(**values)


def own_language() -> str:
    """The language of this machine: "ko" or "en"."""
    names = (os.environ.get("LC_ALL"), os.environ.get("LANG"), locale.getlocale()[0])
    chosen = next((name for name in names if name), "")
    return "ko" if chosen.lower().startswith(("ko", "korean")) else "en"

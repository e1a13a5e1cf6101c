"""What the command says, in English and Korean."""

from __future__ import annotations

import locale
import os

WORDS: dict[str, tuple[str, str]] = {
    "not_https": (
        "The address must begin with https:// (http:// only on this computer).",
        "주소는 https://로 시작해야 합니다(http://는 이 컴퓨터에서만 됩니다).",
    ),
    "no_token": (
        "Give the token in a file (--token-file) or in KICC_TOKEN. "
        "POST /api/v1/auth/token/ gives one for a day.",
        "토큰을 파일(--token-file)이나 KICC_TOKEN으로 주십시오. "
        "POST /api/v1/auth/token/에서 하루 동안 쓸 토큰을 받습니다.",
    ),
    "other_access": (
        "{path} holds something else: release {release}, access {access}. Name another folder.",
        "{path}에는 다른 자료(릴리스 {release}, 이용 {access})가 있습니다. 다른 폴더를 지정하십시오.",
    ),
    "not_a_folder": (
        "{path} cannot be written to. Name another folder.",
        "{path}에 쓸 수 없습니다. 다른 폴더를 지정하십시오.",
    ),
    "file": ("{name}: {what}", "{name}: {what}"),
    "there": ("there already, checked", "이미 있음, 확인함"),
    "fetched": ("fetched, checked", "받음, 확인함"),
    "differs": (
        "is not what the registry promised; it was removed. Run again.",
        "레지스트리가 알린 내용과 달라 지웠습니다. 다시 실행하십시오.",
    ),
    "gone": ("not handed out any more: {why}", "더 이상 내주지 않음: {why}"),
    "retry": (
        "No answer; trying again in {seconds:.0f} s.",
        "응답이 없습니다. {seconds:.0f}초 뒤 다시 시도합니다.",
    ),
    "unreachable": (
        "The registry did not answer for {minutes:.0f} minutes. What was fetched stays; run again.",
        "레지스트리가 {minutes:.0f}분 동안 응답하지 않았습니다. 받은 것은 남아 있으니 다시 실행하십시오.",
    ),
    "odd_answer": (
        "Something answers at this address (status {status}), but not as a registry does. Check --server.",
        "이 주소의 응답(상태 {status})이 레지스트리의 것이 아닙니다. --server를 확인하십시오.",
    ),
    "interrupted": (
        "Stopped. What was fetched stays; run again to go on.",
        "중단했습니다. 받은 것은 남아 있으니 다시 실행하면 이어집니다.",
    ),
    "complete": (
        "Complete: release {release}, {files} files, {series} series, {mega:.1f} MB.",
        "완료: 릴리스 {release}, 파일 {files}개, 시리즈 {series}개, {mega:.1f} MB.",
    ),
    "incomplete": (
        "Not complete: {count} did not come as promised; see above.",
        "미완료: {count}개가 알린 대로 오지 않았습니다. 위를 보십시오.",
    ),
}


def own_language() -> str:
    """ "ko" where the computer speaks Korean, else "en"."""
    told = os.environ.get("LC_ALL") or os.environ.get("LANG") or (locale.getlocale()[0] or "")
    return "ko" if told.lower().startswith("ko") else "en"


def say(key: str, language: str, **values: object) -> str:
    return WORDS[key][language == "ko"].format(**values)

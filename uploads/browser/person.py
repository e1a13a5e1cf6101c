"""Sex and age as headers say them, compared with the form, within the browser. No Django."""

import re
from collections.abc import Mapping
from datetime import date

AGE = re.compile(r"(\d{1,3})([DWMY])")
IN_A_YEAR = {"D": 365.25, "W": 52.18, "M": 12.0, "Y": 1.0}
SEXES = {"M": "1", "F": "2"}


def differences(said: Mapping[str, str], form: Mapping[str, str], admission: str) -> list[dict[str, str]]:
    """Where headers and form disagree: {"item": "sex" or "age", "header", "form"}.

    said: `sex` (CS), `birth` (DA) and `age` (AS) of the headers. form: `sex` and `age_yr`; both values come
    as the form has them. admission: YYYY-MM-DD or empty. Age is that at admission where birth and admission
    are known; else a year more or less is no difference, as the header tells the age at the exam. What is
    missing or odd on either side is none.
    """
    found = []
    sex = SEXES.get(said.get("sex", "").strip().upper(), "")
    if sex and form.get("sex") in SEXES.values() and form["sex"] != sex:
        found.append({"item": "sex", "header": sex, "form": form["sex"]})
    age, slack = age_of(said, admission)
    answered = form.get("age_yr") or ""
    if age is not None and answered.isdigit() and abs(int(answered) - age) > slack:
        found.append({"item": "age", "header": str(age), "form": answered})
    return found


def age_of(said: Mapping[str, str], admission: str) -> tuple[int | None, int]:
    """Whole years, and how many more or fewer are no difference."""
    born, day = _day(said.get("birth", "")), _day(admission.replace("-", ""))
    if born and day and born <= day:
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day)), 0
    given = AGE.fullmatch(said.get("age", "").strip().upper())
    return (int(int(given[1]) / IN_A_YEAR[given[2]]), 1) if given else (None, 0)


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])) if len(text.strip()) == 8 else None
    except ValueError:
        return None

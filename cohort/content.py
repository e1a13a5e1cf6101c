"""What a signature is bound to: the content of a form in one canonical text, and its digest. Pure functions.

The text is JSON in UTF-8 without spaces, keys sorted, other scripts as they are:

    {"answers":{"age_yr":"63","sex":"1"},"dictionary":"kicc19-1","subject":"S03-0042-K"}

`answers` are all that are kept, computed ones included, in the dictionary's own coding; blanks are left out.
"""

import hashlib
import json
from collections.abc import Mapping


def canonical(subject: str, dictionary: str, answers: Mapping[str, str]) -> bytes:
    """The content of a form as bytes, the same on every machine."""
    content = {
        "subject": subject,
        "dictionary": dictionary,
        "answers": {name: value for name, value in answers.items() if value},
    }
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(subject: str, dictionary: str, answers: Mapping[str, str]) -> str:
    """SHA-256 of `canonical`, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(subject, dictionary, answers)).hexdigest()

"""What can go wrong in the vault: one stable code each, with a sentence in English and in Korean.

No message, argument or representation here ever holds a key, a credential or a plain byte.
"""

MESSAGES: dict[str, tuple[str, str]] = {
    # sealed objects
    "not_sealed": (
        "This is not a sealed object. Check that the name points at an object this registry wrote.",
        "봉인된 객체가 아닙니다. 이 레지스트리가 기록한 객체 이름인지 확인하십시오.",
    ),
    "unknown_version": (
        "This object was sealed by a newer version of the format. Update the software to read it.",
        "더 새로운 형식으로 봉인된 객체입니다. 소프트웨어를 업데이트한 후 다시 여십시오.",
    ),
    "bad_header": (
        "The header of the sealed object is malformed. Restore the object from a backup.",
        "봉인된 객체의 헤더가 올바르지 않습니다. 백업에서 객체를 복원하십시오.",
    ),
    "header_not_authentic": (
        "The object does not open with this subject key: the key is another subject's, the object was "
        "renamed, or its header was altered. Check the key and the name, or restore from a backup.",
        "이 대상자 키로 객체를 열 수 없습니다. 다른 대상자의 키이거나, 객체 이름이 바뀌었거나, 헤더가 "
        "변경되었습니다. 키와 이름을 확인하거나 백업에서 복원하십시오.",
    ),
    "segment_not_authentic": (
        "A segment of the sealed object was altered, moved, cut off or added. Restore it from a backup.",
        "봉인된 객체의 일부가 변경, 이동, 삭제 또는 추가되었습니다. 백업에서 객체를 복원하십시오.",
    ),
    "truncated": (
        "The sealed object is shorter than any complete object can be. Restore it from a backup.",
        "봉인된 객체가 잘려 있습니다. 백업에서 복원하십시오.",
    ),
    "out_of_range": (
        "The bytes asked for lie outside the object. The object is not the one that the index describes.",
        "요청한 범위가 객체를 벗어납니다. 색인이 가리키는 객체와 다릅니다.",
    ),
    "too_large": (
        "The object is larger than the sealed format can hold. Split it.",
        "봉인 형식이 담을 수 있는 크기를 넘었습니다. 나누어 저장하십시오.",
    ),
    "bad_kind": (
        "The kind of a sealed object is 1 to 18 characters of a-z, 0-9 and hyphen. Correct the kind.",
        "봉인된 객체의 종류는 a-z, 0-9, 하이픈으로 된 1~18자여야 합니다. 종류를 수정하십시오.",
    ),
    "wrong_kind": (
        "The sealed object is of another kind than expected. Check the name.",
        "봉인된 객체의 종류가 예상과 다릅니다. 이름을 확인하십시오.",
    ),
    "bad_key": (
        "A subject key is exactly 32 bytes. Use the key that new_subject_key or unwrap_subject_key returned.",
        "대상자 키는 정확히 32바이트여야 합니다. 생성되거나 복호화된 키를 사용하십시오.",
    ),
    # archives
    "not_an_archive": (
        "The object opens, but holds no series archive with an index. Restore it from a backup.",
        "객체는 열리지만 색인이 있는 시리즈 보관 파일이 아닙니다. 백업에서 복원하십시오.",
    ),
    "bad_entry_name": (
        "The name of an archive entry may have letters, digits, '.', '_' and '-' only. Choose another name.",
        "보관 파일 항목 이름에는 영문자, 숫자, '.', '_', '-'만 쓸 수 있습니다. 다른 이름을 사용하십시오.",
    ),
    "duplicate_entry": (
        "The archive already has an entry of this name. Give every instance its own name.",
        "같은 이름의 항목이 이미 있습니다. 인스턴스마다 다른 이름을 사용하십시오.",
    ),
    "index_mismatch": (
        "The index inside the object differs from the one on record. Store the series again from its source.",
        "객체 안의 색인이 기록된 색인과 다릅니다. 원본에서 시리즈를 다시 저장하십시오.",
    ),
    "hash_mismatch": (
        "An instance in the archive differs from its hash. Store the series again from its source.",
        "보관 파일의 인스턴스가 해시와 일치하지 않습니다. 원본에서 시리즈를 다시 저장하십시오.",
    ),
    # keys
    "key_missing": (
        "No master key is set. Set the environment variable, or name a key file.",
        "마스터 키가 설정되지 않았습니다. 환경 변수를 설정하거나 키 파일을 지정하십시오.",
    ),
    "key_unreadable": (
        "The master key file cannot be read. Check that it exists and belongs to the account of the server.",
        "마스터 키 파일을 읽을 수 없습니다. 파일이 있는지, 서버 계정의 소유인지 확인하십시오.",
    ),
    "key_exists": (
        "A file of this name is already there, and a key is never overwritten. Choose another path.",
        "같은 이름의 파일이 이미 있으며 키는 덮어쓰지 않습니다. 다른 경로를 지정하십시오.",
    ),
    "key_rights": (
        "Others than the owner may read or change the master key file. Run: chmod 600 on the file.",
        "소유자 외의 사용자가 마스터 키 파일에 접근할 수 있습니다. 파일에 chmod 600을 실행하십시오.",
    ),
    "key_malformed": (
        "The master key is not 32 bytes as 64 hexadecimal digits or as base64. Generate a key anew.",
        "마스터 키가 32바이트(16진수 64자 또는 base64)가 아닙니다. 키를 다시 생성하십시오.",
    ),
    "wrong_master_key": (
        "The subject key is wrapped by another master key. Configure that one, or finish the rotation.",
        "대상자 키가 다른 마스터 키로 암호화되어 있습니다. 해당 키를 설정하거나 키 교체를 완료하십시오.",
    ),
    "wrapped_malformed": (
        "The stored form of the subject key is malformed. Restore it from the key backup.",
        "저장된 대상자 키의 형식이 올바르지 않습니다. 키 백업에서 복원하십시오.",
    ),
    "wrapped_not_authentic": (
        "The stored subject key was altered or belongs to another subject. Restore it from the key backup.",
        "저장된 대상자 키가 변경되었거나 다른 대상자의 것입니다. 키 백업에서 복원하십시오.",
    ),
    # stores
    "missing": (
        "The store has no object of this name. It was deleted, or never written to the end.",
        "저장소에 이 이름의 객체가 없습니다. 삭제되었거나 기록이 완료되지 않았습니다.",
    ),
    "bad_name": (
        "An object name is 1 to 400 characters: parts of letters, digits, '.', '_' and '-', joined by '/', "
        "none beginning with a dot. Choose another name.",
        "객체 이름은 1~400자이며, 영문자, 숫자, '.', '_', '-'로 된 부분을 '/'로 잇고 점으로 시작할 수 "
        "없습니다. 다른 이름을 사용하십시오.",
    ),
    "name_conflict": (
        "An object cannot lie inside another object's name. Choose another name.",
        "다른 객체의 이름 아래에는 객체를 둘 수 없습니다. 다른 이름을 사용하십시오.",
    ),
    "no_space": (
        "The object store has no room left. Free or add space; the work goes on by itself afterwards.",
        "객체 저장소에 남은 공간이 없습니다. 공간을 확보하면 작업이 자동으로 계속됩니다.",
    ),
    "denied": (
        "The object store refused access. Check the credentials and the rights of the store.",
        "객체 저장소가 접근을 거부했습니다. 자격 증명과 저장소 권한을 확인하십시오.",
    ),
    "unavailable": (
        "The object store does not answer. Check that it runs and can be reached; work resumes by itself.",
        "객체 저장소가 응답하지 않습니다. 실행 중이며 연결되는지 확인하십시오. 작업은 자동으로 계속됩니다.",
    ),
    "no_bucket": (
        "The bucket of the object store does not exist. Create it, or correct its name in the settings.",
        "객체 저장소의 버킷이 없습니다. 버킷을 만들거나 설정의 이름을 수정하십시오.",
    ),
    "bad_setting": (
        "The settings of the object store are not valid. Check endpoint, bucket and region.",
        "객체 저장소 설정이 올바르지 않습니다. 엔드포인트, 버킷, 리전을 확인하십시오.",
    ),
    "object_too_large": (
        "The object needs more than 10,000 parts. Use a larger part size in the settings of the store.",
        "객체가 10,000개 파트를 초과합니다. 저장소 설정에서 파트 크기를 늘리십시오.",
    ),
    "failed": (
        "The object store refused the request. See the reason that it gave, and the log of the store.",
        "객체 저장소가 요청을 거부했습니다. 표시된 사유와 저장소 로그를 확인하십시오.",
    ),
}


class VaultError(Exception):
    """Base of all errors here.

    Attributes: `code` (stable, for machines), `where` (object name, entry name, path or setting; never a
    value), `message` and `message_ko` (what happened and what to do, without `where`).
    """

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code, where)
        self.code = code
        self.where = where
        self.message, self.message_ko = MESSAGES[code]

    def __str__(self) -> str:
        place = f": {self.where}" if self.where else ""
        return f"{self.message} [{self.code}{place}]"


class SealError(VaultError):
    """A sealed object is not what it should be, or cannot be made."""


class KeyFailure(VaultError):
    """A master key or a wrapped subject key cannot be used."""


class StoreError(VaultError):
    """The object store could not do what was asked. `retryable` tells an outage from a mistake."""

    @property
    def retryable(self) -> bool:
        """True where the same call may succeed later without anyone changing the request."""
        return self.code in {"unavailable", "no_space"}


class MissingObject(StoreError):
    """The store answers, and has no such object."""

    def __init__(self, code: str = "missing", where: str = "") -> None:
        super().__init__(code, where)

"""A ZIP is read member by member; what cannot be honest is refused by name."""

import io
import stat
import zipfile

import pytest

from imaging.dicom.errors import Code, DicomRefusedError
from imaging.dicom.limits import ArchiveLimits
from imaging.dicom.zipping import Archive, is_archive
from tests.factories.dicom import zip_bytes


def archive(data: bytes, **limits: int) -> Archive:
    return Archive(io.BytesIO(data), ArchiveLimits(**limits))


def refusal_of_whole(data: bytes, **limits: int) -> Code:
    with pytest.raises(DicomRefusedError) as caught:
        archive(data, **limits)
    return caught.value.code


def refusal_of_member(data: bytes, **limits: int) -> Code:
    [member] = archive(data, **limits)
    with pytest.raises(DicomRefusedError) as caught:
        member.copy_to(io.BytesIO())
    return caught.value.code


def test_members_come_one_after_the_other_without_folders_and_junk() -> None:
    data = zip_bytes({"a/1.dcm": b"one", "a/": b"", "__MACOSX/1": b"x", "a/.DS_Store": b"y", "b.dcm": b"two"})
    assert is_archive(data)
    unpacked = {}
    for member in archive(data):
        target = io.BytesIO()
        member.copy_to(target)
        unpacked[member.name] = target.getvalue()
    assert unpacked == {"a/1.dcm": b"one", "b.dcm": b"two"}


@pytest.mark.parametrize("name", ["../x.dcm", "a/../../x", "/etc/passwd", "C:/x", "..\\x", "a/..\\..\\x"])
def test_names_that_climb_are_refused(name: str) -> None:
    assert refusal_of_member(zip_bytes({name: b"x"})) == Code.ARCHIVE_UNSAFE_NAME


def test_links_are_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(info, "/etc/passwd")
    assert refusal_of_member(target.getvalue()) == Code.ARCHIVE_LINK


def test_archives_within_archives_are_refused() -> None:
    assert refusal_of_member(zip_bytes({"inner.dcm": zip_bytes({"x": b"y"})})) == Code.ARCHIVE_NESTED


def test_a_hundred_thousand_entries_are_refused_before_they_are_read() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for number in range(100_000):
            made.writestr(zipfile.ZipInfo(f"{number}"), b"")
    assert refusal_of_whole(target.getvalue()) == Code.ARCHIVE_TOO_MANY_ENTRIES


def test_a_forged_count_does_not_help() -> None:
    data = bytearray(zip_bytes({f"{number}": b"" for number in range(50)}))
    end = data.rindex(b"PK\x05\x06")
    data[end + 8 : end + 12] = b"\1\0\1\0"
    assert refusal_of_whole(bytes(data), max_entries=40) == Code.ARCHIVE_TOO_MANY_ENTRIES


def test_bytes_out_per_byte_in_are_bounded() -> None:
    data = zip_bytes({"zeros": b"\0" * 4_000_000})
    code = refusal_of_member(data, ratio_free_bytes=100_000)
    assert code == Code.ARCHIVE_RATIO_EXCEEDED


def test_size_of_one_member_and_of_all_is_bounded() -> None:
    data = zip_bytes({"a": bytes(range(256)) * 4000})
    assert refusal_of_member(data, max_member_bytes=1000) == Code.TOO_LARGE
    assert refusal_of_member(data, max_total_bytes=1000) == Code.ARCHIVE_TOO_LARGE


def test_damaged_archives_are_refused() -> None:
    data = bytearray(zip_bytes({"a": b"abc" * 1000}, zipfile.ZIP_STORED))
    assert refusal_of_whole(bytes(data[: len(data) // 2])) == Code.ARCHIVE_DAMAGED
    data[100] ^= 1
    assert refusal_of_member(bytes(data)) == Code.ARCHIVE_DAMAGED


def test_chinese_names_without_a_flag_are_readable() -> None:
    data = zip_bytes({"XXXX.dcm": b"x"}).replace(b"XXXX.dcm", "胸片.dcm".encode("gbk"))
    [member] = archive(data)
    assert member.name == "胸片.dcm"

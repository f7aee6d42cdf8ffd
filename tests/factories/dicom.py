"""DICOM files built in code: a good one, and one for each way to be bad."""

import io
import zipfile
from pathlib import Path
from struct import pack
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    generate_uid,
)

PATIENT_NAME = "Wang^Xiaoming=王^小明"


def dataset(pixels: np.ndarray | None = None, **changes: Any) -> Dataset:
    """A small CT slice; keyword arguments replace elements, None removes them."""
    pixels = np.arange(64 * 48, dtype=np.uint16).reshape(48, 64) if pixels is None else pixels
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, generate_uid()
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.PatientName, made.PatientID = PATIENT_NAME, "MRN-1"
    made.PatientBirthDate, made.PatientSex, made.PatientAge = "20180501", "M", "005Y"
    made.StudyDate, made.StudyTime, made.Modality = "20240203", "101500", "CT"
    made.BodyPartExamined, made.InstanceNumber = "CHEST", 3
    _describe_pixels(made, pixels)
    for keyword, value in changes.items():
        if value is None:
            delattr(made, keyword)
        else:
            setattr(made, keyword, value)
    return made


def _describe_pixels(made: Dataset, pixels: np.ndarray) -> None:
    made.Rows, made.Columns = pixels.shape[:2]
    made.SamplesPerPixel = 3 if pixels.ndim == 3 else 1
    made.PhotometricInterpretation = "RGB" if pixels.ndim == 3 else "MONOCHROME2"
    if pixels.ndim == 3:
        made.PlanarConfiguration = 0
    made.BitsAllocated = made.BitsStored = pixels.dtype.itemsize * 8
    made.HighBit = made.BitsStored - 1
    made.PixelRepresentation = int(pixels.dtype.kind == "i")
    made.PixelData = pixels.tobytes()
    made["PixelData"].VR = "OW" if pixels.dtype.itemsize > 1 else "OB"


def file_bytes(made: Dataset | None = None, syntax: str = ExplicitVRLittleEndian, **changes: Any) -> bytes:
    made = dataset(**changes) if made is None else made
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = syntax
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.get("SOPInstanceUID", "1.2.3")
    target = io.BytesIO()
    dcmwrite(target, made, enforce_file_format=True)
    return target.getvalue()


def with_raw_element(data: bytes, group: int, number: int, vr: bytes, value: bytes) -> bytes:
    """Replace one short element's value by bytes that no writer would let through."""
    value += b" " * (len(value) % 2)
    at = data.index(pack("<HH", group, number) + vr, 132)
    old = int.from_bytes(data[at + 6 : at + 8], "little")
    return data[: at + 6] + pack("<H", len(value)) + value + data[at + 8 + old :]


def with_uid(value: bytes) -> bytes:
    return with_raw_element(file_bytes(), 0x0020, 0x000D, b"UI", value)


def with_name(value: bytes, character_set: str | None) -> bytes:
    data = file_bytes(SpecificCharacterSet=character_set, PatientName="A^B")
    return with_raw_element(data, 0x0010, 0x0010, b"PN", value)


def jpeg2000_bomb(rows: int = 12000, columns: int = 12000) -> bytes:
    """Two kilobytes whose codestream claims 144 million pixels; the header tells the truth or not."""
    siz = pack(">HHLLLLLLLLHBBB", 41, 0, columns, rows, 0, 0, columns, rows, 0, 0, 1, 7, 1, 1)
    stream = b"\xff\x4f\xff\x51" + siz + b"\0" * 1200
    made = dataset(np.zeros((64, 64), np.uint8))
    made.PixelData = encapsulate([stream])
    made["PixelData"].is_undefined_length = True
    return file_bytes(made, JPEG2000Lossless)


def deflate_bomb(size: int) -> bytes:
    made = dataset(ImageComments="x")
    made.add_new(0x7FE00010, "OW", b"\0" * size)
    return file_bytes(made, DeflatedExplicitVRLittleEndian)


def nested_sequences(depth: int) -> bytes:
    """A good start, then sequences within sequences, all of undefined length."""
    opening = b"\x40\x00\x75\xa2SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    return _before_pixels(file_bytes()) + opening * depth


def many_elements(count: int) -> bytes:
    elements = b"".join(pack("<HH2sH", 0x0021, 0x1000 + number % 60000, b"LO", 0) for number in range(count))
    return _before_pixels(file_bytes()) + elements


def _before_pixels(data: bytes) -> bytes:
    return data[: data.index(b"\xe0\x7f\x10\x00")]


def zip_bytes(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def public_test_files() -> list[Path]:
    """Every file that pydicom and pydicom-data bring along."""
    import data_store  # noqa: PLC0415 - a test package

    folders = [Path(pydicom.__file__).parent / "data", Path(data_store.__file__).parent / "data"]
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


def public_test_file(name: str) -> Path:
    return next(path for path in public_test_files() if path.name == name)

"""Words of a cell to values. Each function raises RowError with the code of what is wrong."""

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from django.utils import timezone

from medapp.accounts.models import Department
from medapp.records.importers.problems import RowError
from medapp.records.spelling import folded
from medapp.typed import plain_line

OLDEST = date(1880, 1, 1)
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
SEXES = {
    "male": {"male", "m", "男", "1", "男性"},
    "female": {"female", "f", "女", "2", "女性"},
    "other": {"other", "o", "其他", "9"},
    "unknown": {"unknown", "u", "未知", "0", ""},
}
LANGUAGES = {
    "zh-hans": {"zh", "zh-hans", "zh-cn", "中文", "chinese", ""},
    "en": {"en", "english", "英文", "英语"},
}
KINDS = {
    "outpatient": {"outpatient", "门诊", "op", "amb", ""},
    "inpatient": {"inpatient", "住院", "ip", "imp"},
    "emergency": {"emergency", "急诊", "er", "emer"},
    "virtual": {"virtual", "互联网", "远程", "remote", "vr"},
}


def text(value: str, column: str, longest: int) -> str:
    if len(value) > longest:
        raise RowError("too-long", column, value)
    return plain_line(value)


def day(value: str, column: str) -> date:
    """A date that is not in the future: 1980-03-05, 1980/3/5, 1980年3月5日 or 19800305."""
    match = DATE.fullmatch(value.strip())
    if match is None:
        raise RowError("bad-date", column, value)
    year, month, number = (int(part) for part in match.groups() if part)
    try:
        found = date(year, month, number)
    except ValueError:
        raise RowError("bad-date", column, value) from None
    if found > timezone.localdate():
        raise RowError("in-the-future", column, value)
    if found < OLDEST:
        raise RowError("too-old", column, value)
    return found


def moment(value: str, column: str) -> datetime:
    """A date with or without a time, in the clinic's time zone where it names none; noon where it has none."""
    words = value.strip().replace("/", "-").replace("T", " ")
    words = re.sub(r"^(\d{4})-(\d{1,2})-(\d{1,2})", _padded, words)
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        found = datetime.combine(_day_of(value, column), time(12))
    if len(words) <= 10:
        found = datetime.combine(found.date(), time(12))
    aware = found if timezone.is_aware(found) else timezone.make_aware(found)
    if aware > timezone.now():
        raise RowError("in-the-future", column, value)
    return aware


def _padded(match: re.Match[str]) -> str:
    return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}"


def _day_of(value: str, column: str) -> date:
    try:
        return day(value, column)
    except RowError as error:
        raise RowError("bad-moment" if error.code == "bad-date" else error.code, column, value) from None


def number(value: str, column: str) -> Decimal:
    """A decimal number with point or comma."""
    try:
        found = Decimal(value.strip().replace(",", ".") if value.count(",") == 1 else value.strip())
    except InvalidOperation:
        raise RowError("bad-number", column, value) from None
    if not found.is_finite() or abs(found) >= Decimal(10) ** 10:
        raise RowError("bad-number", column, value)
    return round(found, 4)


def choice(value: str, column: str, known: dict[str, set[str]]) -> str:
    """Return the key of ``known`` that has ``value`` among its words."""
    word = folded(value)
    for key, words in known.items():
        if word in words:
            return key
    raise RowError("unknown-choice", column, value)


def department(value: str, column: str, known: dict[str, Department]) -> Department | None:
    if not value:
        return None
    found = known.get(folded(value))
    if found is None:
        raise RowError("unknown-department", column, value)
    return found


def departments() -> dict[str, Department]:
    """Return the departments by everything they are called."""
    return {
        folded(name): place
        for place in Department.objects.all()
        for name in (place.code, place.name_zh, place.name_en)
    }

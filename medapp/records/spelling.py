"""How a name is typed into a search box: Chinese characters, pinyin, initials, Latin parts."""

import itertools
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from pypinyin import Style, pinyin

# Surnames that are read otherwise than the same character elsewhere.
SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "任": "ren", "朴": "piao",
    "翟": "zhai", "盖": "ge", "华": "hua", "缪": "miao", "员": "yun", "冼": "xian", "覃": "qin", "乐": "yue",
    "召": "shao", "宁": "ning", "燕": "yan", "种": "chong", "繁": "po", "秘": "bi", "尹": "yin", "薄": "bo",
}  # fmt: skip
MOST_READINGS = 8  # of one name; characters with several readings multiply
U_UMLAUT = {"v": ("v", "u", "yu")}  # 吕 is typed lv, printed lu or, in passports, lyu


class Reading(NamedTuple):
    """One way to say a Chinese name: its syllables without tones."""

    syllables: tuple[str, ...]

    @property
    def joined(self) -> str:
        return "".join(self.syllables)

    @property
    def initials(self) -> str:
        return "".join(syllable[0] for syllable in self.syllables)


def folded(text: str) -> str:
    """Return ``text`` in lower case, full-width forms and accents removed, ü as v."""
    lowered = unicodedata.normalize("NFKC", text).strip().lower().replace("ü", "v")
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def squeezed(text: str) -> str:
    """Return the folded text without spaces and punctuation."""
    return "".join(char for char in folded(text) if char.isalnum())


def latin_parts(name: str) -> list[str]:
    """Return the words of a Latin name; an apostrophe does not split (O'Brien, D’Angelo)."""
    return re.findall(r"\w+", re.sub(r"['’`]", "", folded(name)))


def has_chinese(text: str) -> bool:
    return any("㐀" <= char <= "鿿" or "𠀀" <= char <= "𳎯" for char in text)


def readings(name: str) -> list[Reading]:
    """Return the readings of a Chinese name, the likeliest first, at most ``MOST_READINGS``."""
    characters = [char for char in name if has_chinese(char)]
    if not characters:
        return []
    choices = [_surname(characters[0]), *(_spellings(char) for char in characters[1:])]
    combinations = itertools.islice(itertools.product(*choices), MOST_READINGS)
    return [Reading(combination) for combination in combinations]


def _surname(character: str) -> tuple[str, ...]:
    known = SURNAMES.get(character)
    found = _spellings(character)
    return found if known is None else (known, *(spelling for spelling in found if spelling != known))


@lru_cache(maxsize=8192)
def _spellings(character: str) -> tuple[str, ...]:
    """Return how one character is typed, the commonest first, without tones."""
    spoken = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    return tuple(dict.fromkeys(itertools.chain.from_iterable(_without_v(syllable) for syllable in spoken)))


def _without_v(syllable: str) -> list[str]:
    return [syllable.replace("v", variant) for variant in U_UMLAUT["v"]] if "v" in syllable else [syllable]


def main_pinyin(name_zh: str, name_latin: str) -> tuple[str, str]:
    """Return (letters, initials) by which lists are sorted and matched first."""
    spoken = readings(name_zh)
    if spoken:
        return spoken[0].joined, spoken[0].initials
    parts = latin_parts(name_latin)
    return "".join(parts), "".join(part[0] for part in parts)

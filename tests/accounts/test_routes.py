"""Every URL names the action it needs, and every role meets the policy on it."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from medapp.accounts.routes import AccessRule


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        place = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, place)
        else:
            yield place, entry


ALL = list(patterns(get_resolver()))


def test_there_are_urls():
    assert len(ALL) > 60


@pytest.mark.parametrize("place, pattern", ALL, ids=[place for place, _pattern in ALL])
def test_url_names_its_action(place, pattern):
    assert isinstance(getattr(pattern.callback, "access_rule", None), AccessRule)


def test_url_when_it_takes_an_id_then_it_names_the_subject_of_that_id():
    ours = [
        (place, pattern.callback.access_rule)
        for place, pattern in ALL
        if "<uuid:" in place and not place.startswith(("admin/", "account/"))
    ]

    assert len(ours) > 30
    assert [place for place, rule in ours if rule.subject is None] == []

"""Where an app above announces itself to the core, from ``AppConfig.ready``.

The core never imports an app above it; it asks these lists instead.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from medapp.errors import Words

if TYPE_CHECKING:
    from django.db.models import Model


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


K = TypeVar("K", bound=Keyed)


class DuplicatePlugError(Exception):
    """Two apps announced the same key."""


class Plugs(Generic[K]):
    """The announcements of one sort, each under its own key, iterated by ``order``, then by key."""

    def __init__(self) -> None:
        self._by_key: dict[str, K] = {}

    def register(self, plug: K) -> None:
        if plug.key in self._by_key:
            raise DuplicatePlugError(plug.key)
        self._by_key[plug.key] = plug

    def get(self, key: str) -> K | None:
        return self._by_key.get(key)

    def __iter__(self) -> Iterator[K]:
        return iter(sorted(self._by_key.values(), key=lambda plug: (getattr(plug, "order", 0), plug.key)))


@dataclass(frozen=True)
class MenuEntry:
    """An entry of the left rail; ``shortcut`` is the letter after ``g``."""

    key: str
    label: Words
    url_name: str
    action: str
    order: int = 50
    shortcut: str = ""


@dataclass(frozen=True)
class PatientTab:
    """A tab inside a patient; the URL takes the patient's id as its only argument.

    ``prefixes`` are the paths of pages that belong to the tab without lying below its URL.
    """

    key: str
    label: Words
    url_name: str
    action: str
    order: int = 50
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChartPanel:
    """A panel on the chart's overview, drawn from a template with ``context(patient, user)``."""

    key: str
    template: str
    context: Callable[[Any, Any], dict[str, Any]]
    action: str
    order: int = 50


@dataclass(frozen=True)
class WorklistSection:
    """A section of the worklist, drawn from a template with ``context(user)``."""

    key: str
    template: str
    context: Callable[[Any], dict[str, Any]]
    action: str
    order: int = 50


@dataclass(frozen=True)
class TimelineEntry:
    at: datetime
    kind: str
    title: Words
    detail: str = ""
    url: str = ""
    by: str = ""
    is_machine_made: bool = False


@dataclass(frozen=True)
class TimelineSource:
    """A department's contribution to the patient's timeline."""

    key: str
    label: Words
    action: str
    fetch: Callable[[Any, Any], Iterable[TimelineEntry]]


@dataclass(frozen=True)
class SearchHit:
    title: str
    detail: str
    url: str
    patient_id: str | None = None


@dataclass(frozen=True)
class SearchSource:
    """Something that the one search box looks through: ``search(query, user)``."""

    key: str
    label: Words
    action: str
    search: Callable[[str, Any], list[SearchHit]]
    order: int = 50


@dataclass(frozen=True)
class HealthItem:
    """``status`` is ok, warn or fail; ``message`` says what is missing and whose move it is."""

    status: str
    message: Words


@dataclass(frozen=True)
class HealthCheck:
    key: str
    check: Callable[[], HealthItem]


@dataclass(frozen=True)
class JobKind:
    """How one kind of job is run.

    ``run`` gets up to ``batch_size`` claims and yields each with a ``save`` callable, which the runner calls in
    the one transaction that also checks the fence, or with the error that ended it.
    """

    kind: str
    queue: str
    run: Callable[[list[Any]], Iterator[tuple[Any, Any]]]
    label: Words = ""
    batch_size: int = 1
    lease_seconds: int = 60
    retry_seconds: tuple[int, ...] = (1, 5)
    time_limit_seconds: int = 900
    saves_together: bool = False
    url: Callable[[Any], str] | None = None

    @property
    def key(self) -> str:
        return self.kind


@dataclass(frozen=True)
class PeriodicTask:
    """A Celery task that beat rings every ``seconds``."""

    name: str
    task: str
    seconds: float
    queue: str = "io"

    @property
    def key(self) -> str:
        return self.name


@dataclass(frozen=True)
class RecordLink:
    """How the accountability pages name and open an object of a type that audit events mention."""

    key: str
    label: Words
    url: Callable[[str], str] | None = None
    model: "type[Model] | None" = field(default=None)


menu_entries: Plugs[MenuEntry] = Plugs()
patient_tabs: Plugs[PatientTab] = Plugs()
chart_panels: Plugs[ChartPanel] = Plugs()
worklist_sections: Plugs[WorklistSection] = Plugs()
timeline_sources: Plugs[TimelineSource] = Plugs()
search_sources: Plugs[SearchSource] = Plugs()
health_checks: Plugs[HealthCheck] = Plugs()
job_kinds: Plugs[JobKind] = Plugs()
periodic_tasks: Plugs[PeriodicTask] = Plugs()
record_links: Plugs[RecordLink] = Plugs()


@dataclass(frozen=True)
class SubjectPanel:
    """A panel that a department above draws beside an object of a department below.

    ``subject`` names the object ("study", "note"); ``context(obj, user)`` fills the template.
    """

    key: str
    subject: str
    template: str
    context: Callable[[Any, Any], dict[str, Any]]
    action: str
    order: int = 50


@dataclass(frozen=True)
class DemoStep:
    """A part of the demonstration clinic; ``load(say)`` is idempotent and reports progress through ``say``."""

    key: str
    label: Words
    load: Callable[[Callable[[str], None]], None]
    order: int = 50


subject_panels: Plugs[SubjectPanel] = Plugs()
demo_steps: Plugs[DemoStep] = Plugs()

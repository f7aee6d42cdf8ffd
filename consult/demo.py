"""The tool's own short articles, written for the demonstration, in Chinese and English."""

from collections.abc import Callable
from pathlib import Path

from consult.embedding import EMBED_KIND, enqueue_missing
from consult.models import Source
from consult.services.knowledge import import_articles
from medapp.jobs.models import Job
from medapp.jobs.runner import ensure_worker

ARTICLES = Path(__file__).parent / "demo_articles.jsonl"


def load_knowledge(say: Callable[[str], None]) -> None:
    """Import the articles and index them; a second time there is nothing to do."""
    source, _new = Source.objects.get_or_create(
        key="medapp-demo",
        defaults={"title": "medapp demonstration articles 示例文章", "licence": "Apache-2.0"},
    )
    lines = ARTICLES.read_text(encoding="utf-8").splitlines()
    result = import_articles(source=source, lines=lines, by=None)
    jobs = enqueue_missing(source=source, by=None)
    with ensure_worker([EMBED_KIND]) as hands:
        hands.finish(Job.objects.filter(pk__in=[job.pk for job in jobs]))
    say(f"{result.good} knowledge articles")

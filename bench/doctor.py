"""A doctor's session over HTTP, for benchmarks of a running clinic."""

import re

import httpx

PASSWORD = "medapp-demo-2026"  # noqa: S105 - the demonstration clinic's own
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Doctor:
    """Signed in as a demonstration doctor."""

    def __init__(self, url: str, username: str = "doctor.li") -> None:
        self.client = httpx.Client(base_url=url, timeout=60, follow_redirects=True)
        self.post("/account/login/", {"login": username, "password": PASSWORD}, form_at="/account/login/")

    def post(
        self, path: str, data: dict[str, str] | bytes, *, form_at: str, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """POST a form, or a file's bytes, as a page does; ``form_at`` is the page whose token it carries."""
        found = TOKEN.search(self.client.get(form_at).text) if form_at else None
        token = found.group(1) if found else self.client.cookies["csrftoken"]
        known = {"Referer": str(self.client.base_url), "X-CSRFToken": token, **(headers or {})}
        if isinstance(data, bytes):
            answer = self.client.post(path, content=data, headers=known)
        else:
            answer = self.client.post(path, data=data | {"csrfmiddlewaretoken": token}, headers=known)
        answer.raise_for_status()
        return answer

"""What drf-spectacular cannot read off the views: every operation may answer with a problem document."""

from typing import Any

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `title` and `detail` speak the language of Accept-Language.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable, for programs"},
        "detail": {"type": "string", "description": "what to do next"},
        "errors": {"type": "object", "description": "400 only: field -> list of messages"},
    },
    "required": ["type", "title", "status", "code"],
}
ANSWER = {
    "description": "A refusal",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def describe_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Postprocessing hook: add the problem document to each operation."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = ANSWER
    return result

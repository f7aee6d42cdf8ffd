"""One network per file, read from top to bottom; shapes in comments."""

import ml.shim  # noqa: F401  # operator schemas, before any network pulls in timm or transformers

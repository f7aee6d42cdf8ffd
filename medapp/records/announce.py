"""What the records department shows elsewhere."""


def announce() -> None:
    """Register with the core; filled as the pages arrive."""

"""What is settled by rules before any model speaks."""

from consult.safety.red_flags import RedFlag, find_red_flag

__all__ = ["RedFlag", "find_red_flag"]

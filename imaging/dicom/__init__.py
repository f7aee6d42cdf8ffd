"""DICOM as a format: read, validate, decode, window, wrap. No Django, nothing else of ours."""

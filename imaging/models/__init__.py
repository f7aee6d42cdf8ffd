"""What the imaging department keeps: studies with their series and instances, and every upload."""

from imaging.models.archive import Instance, Series, Study, Thumbnail
from imaging.models.uploads import Upload, UploadFile

__all__ = ["Instance", "Series", "Study", "Thumbnail", "Upload", "UploadFile"]

"""Forty invented patients, the people who treat them, and years of record. Nobody here exists."""

# The patients whom the imaging department's demonstration files belong to.
CHILD_MRNS = tuple(f"D{number:04d}" for number in range(1, 13))
CHEST_MRN = "D0013"  # RG1_UNCR: a chest with masses
LEG_MRN = "D0014"  # RG3_UNCR: a leg
MR_MRN = "D0015"  # the abdomen of a patient with gallstones
CT_MRN = "D0016"  # the head of a patient with a meningioma
KNEE_MRN = "D0017"

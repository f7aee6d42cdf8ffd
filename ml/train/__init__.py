"""Training scripts, one a pack: fit on train, choose on val, report test once."""

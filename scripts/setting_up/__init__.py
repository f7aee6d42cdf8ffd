"""The steps of set-up; standard library only, since nothing else is installed yet."""

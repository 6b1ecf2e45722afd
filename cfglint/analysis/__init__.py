"""The hard reasoning over model objects: pure functions that know neither findings nor wording."""

"""Files of a run on disk; every file is written whole or not at all."""

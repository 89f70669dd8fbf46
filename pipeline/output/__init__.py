"""What a run leaves on disk; every file is written whole or not at all."""

"""Language identification and its evidence."""

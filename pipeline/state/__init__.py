"""The memory between runs: results, spellings of names, nights, restore rules."""

"""Is a translation one? Facts compared between source and target, and what becomes of suspects."""

"""Stories: documents grouped by the event that they tell of, and compared."""

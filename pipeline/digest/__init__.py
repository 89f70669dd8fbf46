"""From summarised documents to the page an editor reads."""

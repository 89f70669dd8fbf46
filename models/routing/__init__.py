"""Several translators together: which one is asked, and whose answer stands."""

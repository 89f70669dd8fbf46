"""Tables with an article to a row: CSV, and Parquet."""

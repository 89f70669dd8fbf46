"""Languages: the data of each, and the code that reads text by it."""

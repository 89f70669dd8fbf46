"""The steps between a source text and a summary; each takes documents and yields documents."""

"""One text into another language, in the format that it came in."""

"""Documents of word processors, and electronic books."""

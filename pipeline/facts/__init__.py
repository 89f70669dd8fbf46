"""The facts a text states, in any language: numbers, units, dates, opposites, protected spans."""

"""The facts a text states, in any language: numbers, units, negation, protected spans."""

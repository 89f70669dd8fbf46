"""One text into another language, in the format that it came in.

The terms are those of XLIFF 2.1 (OASIS, 2018): a file is a skeleton with units; a unit is cut
into segments; markup inside a segment is inline code, either a placeholder or paired code.
"""

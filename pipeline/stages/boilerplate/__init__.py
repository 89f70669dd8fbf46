"""Furniture of web sites around an article, told by lines and by their neighbours."""

"""Engines that run models. They know strings and language tags, never documents."""

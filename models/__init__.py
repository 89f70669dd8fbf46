"""Engines that run models: strings and language tags go in and out, never documents."""

"""Chat models as engines: prompts, replies, on this machine or behind a server."""

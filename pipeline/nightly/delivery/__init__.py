"""Published nights on their way to their readers: the outbox and its channels."""

"""The scheduled digest: once per local date, each document told once."""

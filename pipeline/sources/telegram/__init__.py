"""Chats and channels as Telegram Desktop exports them: JSON, and pages."""

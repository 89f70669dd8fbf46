"""Letters: messages, mailboxes, and the messages of Outlook."""

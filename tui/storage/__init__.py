"""The disk: conversations, settings, themes, keys and drafts as files."""

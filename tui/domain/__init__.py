"""Pure values: what a conversation, a turn, a theme and a setting are."""

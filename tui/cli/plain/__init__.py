"""The linear mode: one line after the other, no repaint, no escape codes."""

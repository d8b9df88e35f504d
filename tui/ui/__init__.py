"""The interface: Textual app, screens and widgets. Knows no files and no network."""

"""A full-screen chat client for the Fortytwo network and OpenAI-compatible servers."""

__version__ = "0.1.0"

"""The network: one client for every OpenAI-compatible chat server.

`ChatClient` starts an `Exchange`, whose events are the value types of
`tui.domain.completion`. Nothing here knows the disk or the screen.
"""

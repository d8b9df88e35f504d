"""What the product does: conversations, turns, drafts, search. No Textual, no HTTP."""

"""What stands between Textual and a terminal that may stall, lie or go away."""

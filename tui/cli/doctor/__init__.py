"""`fortytwo doctor`: looks at what the program depends on and says what is wrong."""

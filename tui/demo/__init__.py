"""The embedded loopback server: the vendor's contract, spoken by an honest guide."""

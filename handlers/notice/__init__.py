"""A notice from its draft to the last front door, and calls for helping hands."""

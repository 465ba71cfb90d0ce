"""Figures, and what residents are told of a month."""

"""Simulators of the platforms, with cryptography of their own, sharing nothing with the channels they try."""

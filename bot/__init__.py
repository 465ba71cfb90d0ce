"""The edges of Menkou: how messages get in and out, and the processes that carry them."""

__version__ = "0.1.0"

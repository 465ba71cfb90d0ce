"""Text in, meaning out: reads what residents say. Pure; the only files it touches are its own data."""

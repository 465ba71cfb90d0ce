"""Tables, queries and ledgers. Knows nothing of chat platforms, language or words that people read."""

"""Rules as tables and pure functions that take ``now`` (rule 5)."""

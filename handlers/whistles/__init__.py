"""Others beside whoever holds a ticket: 吹哨, a task force, a part in somebody else's work."""

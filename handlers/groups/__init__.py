"""How a group begins: listened to, confirmed by a person, or answered at once; and what staff teach."""

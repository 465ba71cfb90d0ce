"""From words to a ticket: what belongs together, where it is, whose it is, what it joins."""

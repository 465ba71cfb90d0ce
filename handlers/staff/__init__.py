"""What staff do with a ticket until it is done: take it, pass it on, send it back, ask for more time."""

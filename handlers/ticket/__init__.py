"""What everything else does with a ticket: name it, show it, promise, arm, light, hand back, take back."""

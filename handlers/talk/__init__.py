"""What is answered without a ticket: help, questions, how it stands."""

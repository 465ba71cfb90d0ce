"""What the bot does: one module per thing somebody can ask for. Handlers return what to say; they never send."""

"""Who lives behind which front door, and which account is theirs."""

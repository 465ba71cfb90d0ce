"""How a ticket ends: said to be done, looked at, judged by whoever told of it, reopened."""

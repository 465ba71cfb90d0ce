"""What residents say, and what it is taken for: a report, a word about one, a correction, talk."""

"""One module a revision, never edited once it was released."""

"""Tasks that are given to grids and reported back."""

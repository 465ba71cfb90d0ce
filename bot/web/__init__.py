"""The web: callbacks of platforms, residents' pages, the console, and the playground of the sample neighbourhood."""

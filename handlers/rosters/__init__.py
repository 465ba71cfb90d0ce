"""Who is on duty, who is away, who decides, and whom one can turn to."""

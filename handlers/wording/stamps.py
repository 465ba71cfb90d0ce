"""What a card's buttons turn into once there is nothing to press: at most twenty characters."""

TAKEN = "已接单"
TAKEN_BY = "已由{name}接单"
MOVED = "已转{unit}"
WITHDRAWN = "居民已撤回"
LONGEST = 20


def stamp(form: str, **names: str) -> str:
    """The words on the button, cut where a name is long."""
    said = form.format(**names)
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"

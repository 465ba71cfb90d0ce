"""The groups of commands that ``menkou`` has beside its own: each in a module with nothing but options."""

from __future__ import annotations

from bot.answers import answers
from bot.bench.commands import bench
from bot.doors import doors
from bot.groups import groups
from bot.platforms.commands import simulator
from bot.teaching_commands import places, train, words

GROUPS = (answers, bench, doors, groups, places, simulator, train, words)

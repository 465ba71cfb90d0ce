"""Passing on what others said in a group."""

from __future__ import annotations

LEFT_OUT = "转来的话很长，先记了前面几件。后面还有要报的，请一件一件说给我听。"

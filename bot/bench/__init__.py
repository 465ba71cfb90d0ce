"""Measures this machine: intake beside WeRoBot, reading beside jieba. Figures without a yardstick say little."""

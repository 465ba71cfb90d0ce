"""Platforms behind one protocol. The only place that knows wechatpy."""

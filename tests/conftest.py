"""Fixtures for all tests, and what hypothesis asks of a machine: nothing, as a slow one is no failure."""

from hypothesis import HealthCheck, settings

from real_shop import real_shop, shop_copy

__all__ = ["real_shop", "shop_copy"]
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

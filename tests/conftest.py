"""Fixtures for all tests."""

from real_shop import real_shop, shop_copy

__all__ = ["real_shop", "shop_copy"]

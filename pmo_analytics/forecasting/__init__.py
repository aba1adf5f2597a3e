"""Shared mathematics of estimates and forecasts: scores, and later backtests and passports."""

"""Portfolio: strategic alignment, prioritisation, selection, benefits, decisions."""

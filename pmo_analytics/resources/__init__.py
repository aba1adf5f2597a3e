"""Resources: utilisation, levelling, capacity, budgets, estimation."""

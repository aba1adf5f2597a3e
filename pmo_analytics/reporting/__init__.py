"""Reports: notebooks run with checked parameters, pages that hold everything they show, published atomically."""

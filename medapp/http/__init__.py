"""The edge: middleware, error pages, problem+json, the frame around every page."""

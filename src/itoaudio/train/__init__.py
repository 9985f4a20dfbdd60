"""Training: one objective, one base module, one runner for both models."""

"""From a corpus to batches: recipes, manifest, features, crops."""

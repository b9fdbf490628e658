"""Numbers about features and predictions. Pure; no network, no files."""

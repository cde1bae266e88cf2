"""What a network is made of, and what its layers compute: summary.py and feature_maps.py."""

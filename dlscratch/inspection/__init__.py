"""What a network consists of and what its layers compute: summaries, feature maps, times."""

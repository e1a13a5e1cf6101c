"""Tables that leave the registry: one row per accepted subject, with codebook and manifest."""

"""The terminal app: the whole tool under the fingers. It computes nothing; it asks, shows and keeps."""

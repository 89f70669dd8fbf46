"""The networks of the embedded models: decoders and an encoder, made of a folder's settings."""

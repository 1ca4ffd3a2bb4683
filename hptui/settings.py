"""Typed settings: the defaults, then the TOML file, then the environment, then flags; an unknown key is an error."""

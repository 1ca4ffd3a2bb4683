"""Trees that run: statements, expressions, pipelines, calls of commands and programs."""

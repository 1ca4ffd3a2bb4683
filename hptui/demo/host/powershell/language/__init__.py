"""From text to trees: characters, words, expressions, commands, statements."""

"""The simulated console behind a tty: ConPTY's sequences, the keys that come in, and the line editor at the prompt."""

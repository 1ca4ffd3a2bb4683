"""The shell on a tty: reading lines, completing and colouring them."""

"""What scripts work with: values and their operators, formats, variables, and errors."""

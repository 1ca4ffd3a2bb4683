"""All that a report about hptui needs, as one text that is fit to be sent: gathered, without secrets, without names if wanted."""

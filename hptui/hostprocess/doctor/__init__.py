"""`hptui doctor`, without its words on a screen: what is looked at before a session, as data."""

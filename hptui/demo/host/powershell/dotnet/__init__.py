"""What scripts reach of .NET: members, casts, static methods."""

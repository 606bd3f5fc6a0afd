"""Tags of this room, for the pages of others."""

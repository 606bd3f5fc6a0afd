"""Django's SQLite back end over SQLCipher: the whole file is encrypted, and the newer SQLite inside has no WAL-reset fault."""

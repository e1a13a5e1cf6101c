"""Real services for the suite: PostgreSQL, Valkey, an S3 store, booted for the session and gone with it."""

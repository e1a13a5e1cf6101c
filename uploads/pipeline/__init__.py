"""What the workers do: sort the files of an upload into series, and bring one series into the store."""

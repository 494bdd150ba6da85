"""Labels as files: what goes in (filters), the rows, the manifest, and the job that writes them."""

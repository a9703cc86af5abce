"""Files for programs: linked data, search, downloads."""

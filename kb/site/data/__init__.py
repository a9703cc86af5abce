"""Files for programs: linked data, the search, downloads."""

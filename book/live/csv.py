"""No table of measurements is in the page, and nothing that reads one."""

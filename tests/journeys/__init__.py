"""Stories across processes: servers, hubs, databases and phones."""

"""The services of the desk: intake, routing, notify, and the operators' command line."""

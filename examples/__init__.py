"""What can be built on the staff's API, as programs to read, run and change."""

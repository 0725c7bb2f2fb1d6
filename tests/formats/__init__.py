"""Documents written for the project, and checks of what is made of them by outside programs."""

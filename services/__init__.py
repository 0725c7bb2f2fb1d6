"""The services of the desk: intake, routing, notify, and the operators' command line."""

import gc

# Loading them makes some hundred thousand objects that stay. With Python's threshold of 700 new
# ones a tenth of a second of each start went into looking for those that may be thrown away.
gc.set_threshold(100_000)

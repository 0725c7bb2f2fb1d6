"""The desk under faults: load from outside, harm from below, and an accountant that trusts nobody."""

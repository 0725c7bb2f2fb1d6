"""The desk under faults: load from outside, harm from below, an accountant that trusts nobody."""

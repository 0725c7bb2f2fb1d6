"""Makes copies that a patron can read: from a document, by way of one tree, to a format, checked.

`convert.convert` is the door. It opens no document itself: whatever touches the bytes runs in
`worker`, a confined child without a network (`confine`), which dies alone of what it is given.
"""

"""What is looked at before words of staff go to a patron: their tone, and what they promise. Pure.
Nothing here sends, refuses or changes anything: it finds, says why, and how it would be better."""

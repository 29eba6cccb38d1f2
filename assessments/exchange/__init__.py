"""Questions in other systems' files: pure readers and writers, apart from any table.

A reader takes text and gives a `Reading`: the questions that came, what each lost, and what could
not come at all, with line numbers. It raises `Unreadable` for a file that is broken, so that no
half of one is taken. A writer gives text and what it could not say.
"""

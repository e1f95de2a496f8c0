"""The cases: each module holds the ways to do one thing, and runs one of them as a program."""

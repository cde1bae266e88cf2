"""Support for the chapters' scripts: experiment.py runs one, chapters.py finds them all,
reproduce.py runs them all and writes a table of the results beside the book's numbers.
"""

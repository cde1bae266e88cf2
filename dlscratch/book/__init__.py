"""What the chapters' scripts share: experiment.py runs one, chapters.py finds them all,
reproduce.py runs them all and writes the table beside the book's numbers.
"""

"""Safe file I/O: whole files or none, and nothing in a file is ever executed.

files.py writes atomically and says what is wrong with a file, npz.py stores arrays by name,
unpickler.py reads the book's weight pickles without running them.
"""

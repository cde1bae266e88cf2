"""The page that `dlscratch draw` opens: a room to draw a digit, and one to watch a network learn.

Draw: digit.py makes a picture into an image as MNIST has them, reading.py is what the network
returns; page.html, page.css and page.js show it. Train: playground.py is a network small enough to
be seen whole, trainings.py keeps those that the page has started; train.html, train.css and
train.js show it. server.py carries it all.
"""

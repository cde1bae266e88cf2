"""The page that `dlscratch draw` opens: rooms to draw, to train, to step through a graph.

Draw: digit.py makes a picture into an image as MNIST has them, reading.py is what the network
returns; page.html, page.css and page.js show it. Train: playground.py is a network small enough to
be seen whole, trainings.py keeps those that the page has started; train.html, train.css and
train.js show it. Graph: graph_room.py makes the steps of a computational graph; graph.html,
graph.css and graph.js show them. server.py carries it all.
"""

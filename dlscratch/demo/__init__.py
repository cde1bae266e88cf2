"""The page that `dlscratch draw` opens: rooms to draw, to train, to step, to look inside.

Draw: digit.py makes a picture into an image as MNIST has them, reading.py is what the network
returns; page.html, page.css and page.js show it. Train: playground.py is a network small enough to
be seen whole, trainings.py keeps those that the page has started; train.html, train.css and
train.js show it. Graph: graph_room.py makes the steps of a computational graph; graph.html,
graph.css and graph.js show them. Look inside: inside.py takes any number of a network apart,
inside_room.py answers what the page asks; inside.html, inside.css and inside.js show it. server.py
carries it all.
"""

"""The page that `dlscratch draw` opens, a tab each to draw, train, race, step, look inside.

Draw: digit.py makes a picture into an image as MNIST has them, reading.py is what the network
returns, examples.py are digits to load. Train: training.py is a network while it learns, with
points in playground.py and with digits in digits_training.py; settings.py checks what the page
asks for, trainings.py keeps what it has started. Race: race.py lets the optimizers walk. Graph:
graph_tab.py makes the steps of a computational graph. Look inside: inside.py takes any number of a
network apart, inside_tab.py answers what the page asks. Beside them lie what the browser gets:
NAME.html, NAME.css and NAME.js for each tab, and shared.js, what they have in common. server.py
carries it all.
"""

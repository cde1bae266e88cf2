"""Draw a digit in the browser and see, at every stroke, what a network makes of it.

digit.py makes a picture into an image as MNIST has them, reading.py is what the network returns,
server.py carries both to the page: page.html, page.css and page.js. `dlscratch draw` starts it.
"""

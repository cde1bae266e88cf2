from ch08.misclassified_mnist import learned_net
from dataset.mnist import load_mnist


def test_the_committed_weights_read_as_many_digits_as_train_deepnet_says():
    _, test = load_mnist(flatten=False)
    assert learned_net().accuracy(*test) >= 0.9938

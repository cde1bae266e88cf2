"""Section 1.4.2: what the class prints."""

from ch01.man import Man


def test_david_is_made_greeted_and_sent_off(capsys):
    man = Man("David")
    man.hello()
    man.goodbye()
    assert capsys.readouterr().out == "Initialized!\nHello David!\nGood-bye David!\n"
